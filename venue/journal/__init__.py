"""The journal: who did what and when, its entries as sentences, its seals, and undo."""
