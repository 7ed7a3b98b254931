"""What all ways of sending messages share."""
