"""Merge two records of the same person: what it would do, and doing it."""

from venue.merging.merge import merge
from venue.merging.plan import MergePlan, preview

__all__ = ["MergePlan", "merge", "preview"]
