"""The plate locator's workshop: a small network that finds a plate and its four corners in a vehicle crop."""
