"""Figures of merit, each from plain arrays or texts."""
