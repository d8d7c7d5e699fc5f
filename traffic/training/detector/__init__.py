"""Training of the vehicle detector."""
