"""Visits: how often a customer came and in which rhythm, what they missed, and their rewards."""

from venue.visits.find import CustomerSummary, VisitsRow, at_door, of_customer, of_customers

__all__ = ["CustomerSummary", "VisitsRow", "at_door", "of_customer", "of_customers"]
