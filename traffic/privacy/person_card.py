"""The card of a person detector, by the name of the room that uses it."""

from traffic.inference.model_card import PersonDetectorCard

__all__ = ["PersonDetectorCard"]
