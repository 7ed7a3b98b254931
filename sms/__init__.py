"""How a text leaves, and what came of it."""
