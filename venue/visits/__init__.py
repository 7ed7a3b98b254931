"""Visits: how often a customer came and in which rhythm, what they missed, and their rewards."""

from venue.visits.find import CustomerSummary, VisitsRow, at_door, of_customer, of_customers
from venue.visits.rewards import progress

__all__ = ["CustomerSummary", "VisitsRow", "at_door", "of_customer", "of_customers", "progress"]
