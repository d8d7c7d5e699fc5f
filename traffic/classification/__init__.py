"""What kind of vehicle it is."""
