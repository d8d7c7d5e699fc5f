"""Capture: frames with a media time, from files and from cameras that come and go."""
