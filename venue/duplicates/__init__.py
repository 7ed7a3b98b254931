"""Customers who may be the same person."""
