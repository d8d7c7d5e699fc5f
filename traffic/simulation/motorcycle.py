"""A motorcycle with its rider."""

from __future__ import annotations

import numpy as np

from traffic.simulation.cars import LAMP_RED, LAMP_WHITE
from traffic.simulation.mesh import Colour, Floats, Material, Mesh, MeshBuilder
from traffic.simulation.solids import DARK, RIM, TYRE, Rectangle, box, disc, frustum

JACKET: Colour = (44.0, 40.0, 38.0)
TROUSERS: Colour = (72.0, 56.0, 46.0)
VISOR: Colour = (40.0, 36.0, 34.0)


def build_motorcycle(colour: Colour, helmet: Colour) -> Mesh:
    """A motorcycle of 2.1 m with the tank and fairing in `colour`."""
    builder = MeshBuilder()
    for axle in (-0.72, 0.74):
        _wheel(builder, axle)
    _machine(builder, colour)
    _rider(builder, helmet)
    builder.plate(_rear_plate())
    return builder.build()


def _wheel(builder: MeshBuilder, axle: float) -> None:
    bottom, middle = (axle - 0.12, axle + 0.12, 0.0), (axle - 0.31, axle + 0.31, 0.31)
    for (low_back, low_front, low), (back, front, high) in (
        (bottom, middle),
        (middle, (axle - 0.18, axle + 0.18, 0.60)),
    ):
        base = Rectangle(-0.07, 0.07, low_back, low_front, low)
        builder.start_section()
        frustum(builder, base, Rectangle(-0.07, 0.07, back, front, high), TYRE)
    builder.start_section()
    builder.start_unit((0.0, axle, 0.31))
    for side in (-0.072, 0.072):
        disc(builder, (side, axle, 0.31), 0.31, TYRE)
        disc(builder, (side * 1.01, axle, 0.31), 0.20, RIM)


def _machine(builder: MeshBuilder, colour: Colour) -> None:
    builder.start_section()
    box(builder, (-0.16, -0.40, 0.26), (0.16, 0.42, 0.62), DARK)
    tail = Rectangle(-0.13, 0.13, -0.98, -0.1, 0.68)
    builder.start_section()
    seat = frustum(builder, tail, Rectangle(-0.11, 0.11, -0.9, -0.1, 0.86), colour, Material.PAINT)
    builder.inlay(seat.back, (0.1, 0.9), (0.2, 0.9), LAMP_RED, Material.TAIL_LAMP)
    tank = Rectangle(-0.20, 0.20, -0.05, 0.55, 0.60)
    builder.start_section()
    frustum(builder, tank, Rectangle(-0.13, 0.13, 0.0, 0.45, 1.02), colour, Material.PAINT)
    nose = Rectangle(-0.20, 0.20, 0.45, 0.92, 0.62)
    builder.start_section()
    fairing = frustum(builder, nose, Rectangle(-0.15, 0.15, 0.45, 0.66, 1.12), colour, Material.PAINT)
    builder.inlay(fairing.front, (0.15, 0.85), (0.25, 0.6), LAMP_WHITE, Material.HEAD_LAMP)
    builder.inlay(fairing.front, (0.1, 0.9), (0.68, 0.98), VISOR, Material.GLASS)
    builder.start_section()
    box(builder, (-0.38, 0.46, 0.96), (0.38, 0.54, 1.02), DARK)
    for side in (-0.42, 0.42):
        builder.start_section()
        box(builder, (side - 0.06, 0.48, 1.10), (side + 0.06, 0.52, 1.19), DARK)


def _rider(builder: MeshBuilder, helmet: Colour) -> None:
    for side in (-1.0, 1.0):
        thigh = sorted((side * 0.14, side * 0.30))
        builder.start_section()
        box(builder, (thigh[0], -0.30, 0.66), (thigh[1], 0.26, 0.88), TROUSERS)
        builder.start_section()
        box(builder, (thigh[0], -0.12, 0.28), (thigh[1], 0.10, 0.70), TROUSERS)
    hips = Rectangle(-0.21, 0.21, -0.42, -0.12, 0.82)
    builder.start_section()
    frustum(builder, hips, Rectangle(-0.25, 0.25, -0.24, 0.10, 1.44), JACKET)
    for side in (-1.0, 1.0):
        wrist = sorted((side * 0.26, side * 0.38))
        shoulder = sorted((side * 0.20, side * 0.33))
        hands = Rectangle(wrist[0], wrist[1], 0.36, 0.50, 1.0)
        builder.start_section()
        frustum(builder, hands, Rectangle(shoulder[0], shoulder[1], -0.16, 0.06, 1.40), JACKET)
    chin = Rectangle(-0.10, 0.10, -0.06, 0.14, 1.44)
    wide = Rectangle(-0.14, 0.14, -0.12, 0.20, 1.58)
    builder.start_section()
    face = frustum(builder, chin, wide, helmet, Material.PAINT)
    builder.inlay(face.front, (0.08, 0.92), (0.35, 1.0), VISOR, Material.GLASS)
    builder.start_section()
    frustum(builder, wide, Rectangle(-0.08, 0.08, -0.06, 0.12, 1.74), helmet, Material.PAINT)


def _rear_plate() -> Floats:
    return np.array([[-0.12, -0.99, 0.66], [0.12, -0.99, 0.66], [0.12, -0.97, 0.50], [-0.12, -0.97, 0.50]])
