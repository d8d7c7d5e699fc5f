"""Passages whose plate is known: a vehicle with a drawn plate goes by a roadside camera, day or night.

passage = draw_passage(seed)
passage.truth                                    # "A123BC77"
passage.views[0].image, passage.views[0].vehicle_xyxy
"""

from traffic.simulation.plate_passages.conditions import Conditions, random_conditions
from traffic.simulation.plate_passages.passage import PassageView, RenderedPassage, draw_passage

__all__ = ["Conditions", "PassageView", "RenderedPassage", "draw_passage", "random_conditions"]
