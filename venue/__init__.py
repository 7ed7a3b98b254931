"""The rules of the venue."""
