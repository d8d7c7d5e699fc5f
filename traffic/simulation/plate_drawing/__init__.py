"""Number plates as they are made, and what road, light and camera do to them."""
