"""From the tracks of a camera to passages: one vehicle through one camera's view."""
