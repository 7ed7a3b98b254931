"""Sending texts, and learning what became of them."""
