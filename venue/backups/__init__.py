"""Backups: made while everything runs, proven by loading them, restored with a look first."""
