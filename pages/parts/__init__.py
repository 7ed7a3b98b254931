"""Code that several screens share."""
