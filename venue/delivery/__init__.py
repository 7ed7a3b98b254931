"""Sending: what is due, each attempt, what became of it, and what comes in."""
