"""Customers who may be the same person."""

from venue.duplicates.booked import BookedAlready, probably_booked
from venue.duplicates.compare import Comparison, Person, compare
from venue.duplicates.find import Found, find_for
from venue.duplicates.full_pass import find_all
from venue.duplicates.marks import last_checked
from venue.duplicates.pair_queue import Answer, Pair, Side, count_open, count_put_off, decide, of_customer, queue
from venue.duplicates.pairs import refresh, with_one_of

__all__ = [
    "Answer",
    "BookedAlready",
    "Comparison",
    "Found",
    "Pair",
    "Person",
    "Side",
    "compare",
    "count_open",
    "count_put_off",
    "decide",
    "find_all",
    "find_for",
    "last_checked",
    "of_customer",
    "probably_booked",
    "queue",
    "refresh",
    "with_one_of",
]
