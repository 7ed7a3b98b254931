"""What guests may ask of us about their data, and what they agreed to."""
