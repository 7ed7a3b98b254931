"""Customers who may be the same person."""

from venue.duplicates.compare import Comparison, Person, compare
from venue.duplicates.find import Found, find_for
from venue.duplicates.full_pass import find_all
from venue.duplicates.pairs import refresh, with_one_of

__all__ = ["Comparison", "Found", "Person", "compare", "find_all", "find_for", "refresh", "with_one_of"]
