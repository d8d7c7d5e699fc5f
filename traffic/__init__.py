"""Vehicle video analytics for roadside enforcement and measurement."""

__version__ = "0.1.0"
