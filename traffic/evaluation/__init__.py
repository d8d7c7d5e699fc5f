"""Honest measurement of models on pictures that they were not trained on."""
