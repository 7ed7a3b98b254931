"""Overviews of the venue's data."""
