"""Cars and vans: a lofted lower body with a glazed frustum on it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from traffic.simulation.mesh import Colour, Floats, Material, Mesh, MeshBuilder
from traffic.simulation.solids import (
    DARK,
    Frustum,
    Loft,
    Rectangle,
    Station,
    box,
    frustum,
    loft,
    tyres,
    wheel_faces,
)

GLASS: Colour = (58.0, 50.0, 44.0)
LAMP_WHITE: Colour = (228.0, 226.0, 222.0)
LAMP_RED: Colour = (30.0, 24.0, 168.0)
SEAM: Colour = (40.0, 40.0, 42.0)
PLATE_SIZE_M = (0.52, 0.112)


@dataclass(frozen=True)
class CarShape:
    """Measures of a car or van, metres. `screen_base` .. `rear_base` are distances from the front bumper along the
    roof line; `panes` are the side windows as fractions of the cabin's length from rear to front.
    """

    length: float
    width: float
    height: float
    nose_z: float
    deck_z: float
    boot_z: float
    screen_base: float
    screen_top: float
    rear_top: float
    rear_base: float
    wheel_radius: float
    panes: tuple[tuple[float, float], ...]
    rear_pane: float = 1.0


CAR_SHAPES: MappingProxyType[str, CarShape] = MappingProxyType(
    {
        "sedan": CarShape(
            4.55, 1.78, 1.46, 0.70, 0.94, 0.99, 1.25, 2.05, 3.45, 4.05, 0.32, ((0.10, 0.20), (0.23, 0.53), (0.57, 0.90))
        ),
        "hatchback": CarShape(
            4.05, 1.74, 1.50, 0.72, 0.95, 0.97, 1.02, 1.75, 3.62, 3.98, 0.31, ((0.08, 0.22), (0.26, 0.56), (0.60, 0.91))
        ),
        "suv": CarShape(
            4.62, 1.88, 1.72, 0.88, 1.08, 1.08, 1.25, 1.95, 4.22, 4.56, 0.37, ((0.06, 0.26), (0.30, 0.58), (0.62, 0.92))
        ),
        "estate": CarShape(
            4.70, 1.80, 1.50, 0.70, 0.94, 0.97, 1.25, 2.05, 4.30, 4.64, 0.32, ((0.06, 0.27), (0.31, 0.58), (0.62, 0.91))
        ),
        "panel van": CarShape(
            5.55, 2.02, 2.48, 1.02, 1.22, 1.22, 0.78, 1.45, 5.45, 5.52, 0.35, ((0.80, 0.95),), rear_pane=0.0
        ),
        "minibus": CarShape(
            5.70,
            2.03,
            2.50,
            1.02,
            1.20,
            1.20,
            0.78,
            1.50,
            5.60,
            5.67,
            0.35,
            ((0.03, 0.25), (0.28, 0.50), (0.53, 0.77), (0.80, 0.95)),
        ),
    }
)


def build_car(shape: CarShape, colour: Colour) -> Mesh:
    """The mesh of a car or van with the body colour `colour`."""
    builder = MeshBuilder()
    axles = (-shape.length / 2 + 0.19 * shape.length, shape.length / 2 - 0.19 * shape.length)
    tyres(builder, axles, shape.wheel_radius, shape.width / 2 - 0.03, 0.21)
    _underbody(builder, shape)
    body = loft(builder, _stations(shape), 0.24, 0.58, colour)
    wheel_faces(builder, axles, shape.wheel_radius, shape.width / 2 + 0.004)
    _seams(builder, shape)
    _front(builder, body, shape)
    _rear(builder, body, shape)
    _cabin(builder, shape, colour)
    _mirrors(builder, shape, colour)
    return builder.build()


def _underbody(builder: MeshBuilder, shape: CarShape) -> None:
    half, end = shape.width / 2 - 0.1, shape.length / 2 - 0.25
    box(builder, (-half, -end, 0.16), (half, end, 0.4), DARK)


def _stations(shape: CarShape) -> tuple[Station, ...]:
    half, end = shape.width / 2, shape.length / 2
    rear_base, screen = end - shape.rear_base, end - shape.screen_base
    return (
        Station(-end, half * 0.80, half * 0.86, half * 0.76, shape.boot_z - 0.06),
        Station(-end + 0.22, half * 0.93, half * 0.97, half * 0.88, shape.boot_z),
        Station(max(rear_base, -end + 0.3), half * 0.96, half, half * 0.93, shape.boot_z),
        Station(screen, half * 0.96, half, half * 0.93, shape.deck_z),
        Station(end - 0.42, half * 0.93, half * 0.98, half * 0.84, (shape.nose_z + shape.deck_z) / 2),
        Station(end - 0.12, half * 0.86, half * 0.90, half * 0.74, shape.nose_z),
        Station(end, half * 0.72, half * 0.78, half * 0.66, shape.nose_z - 0.10),
    )


def _seams(builder: MeshBuilder, shape: CarShape) -> None:
    x, end = shape.width / 2 + 0.003, shape.length / 2
    roof_rear, screen = end - shape.rear_top, end - shape.screen_base
    for y in np.linspace(max(roof_rear, -end + 0.8), screen - 0.1, 3):
        for side in (-x, x):
            builder.face(_side_strip(side, y, y + 0.025, 0.36, shape.deck_z - 0.06), SEAM)
            builder.face(_side_strip(side, y + 0.1, y + 0.26, shape.deck_z - 0.16, shape.deck_z - 0.12), SEAM)
    for side in (-x, x):
        builder.face(_side_strip(side, -end + 0.3, end - 0.45, 0.24, 0.32), SEAM)


def _side_strip(x: float, back: float, front: float, low: float, high: float) -> Floats:
    return np.array([[x, back, low], [x, front, low], [x, front, high], [x, back, high]])


def _front(builder: MeshBuilder, body: Loft, shape: CarShape) -> None:
    lower, upper = body.front
    bonnet_lip = body.deck[-1]
    builder.inlay(lower, (0.12, 0.88), (0.10, 0.62), DARK, Material.MATTE)
    builder.inlay(upper, (0.22, 0.78), (0.05, 0.80), DARK, Material.MATTE)
    for across in ((-0.16, 0.20), (0.80, 1.16)):
        builder.inlay(upper, across, (0.10, 1.0), LAMP_WHITE, Material.HEAD_LAMP)
    for across in ((0.0, 0.24), (0.76, 1.0)):
        builder.inlay(bonnet_lip, across, (0.0, 1.0), LAMP_WHITE, Material.HEAD_LAMP)
    builder.plate(plate_corners(shape.length / 2 + 0.01, 0.46, 1.0))


def _rear(builder: MeshBuilder, body: Loft, shape: CarShape) -> None:
    lower, upper = body.back
    builder.inlay(lower, (0.0, 1.0), (0.0, 0.28), DARK, Material.MATTE)
    builder.inlay(upper, (0.0, 1.0), (0.0, 0.05), SEAM, Material.MATTE)
    for across in ((-0.04, 0.20), (0.80, 1.04)):
        builder.inlay(upper, across, (0.38, 0.92), LAMP_RED, Material.TAIL_LAMP)
    x, back = shape.width / 2 * 0.97, -shape.length / 2
    for side in (-x, x):
        strip = _side_strip(side, back + 0.03, back + 0.2, shape.boot_z - 0.25, shape.boot_z - 0.08)
        builder.face(strip, LAMP_RED, Material.TAIL_LAMP)
    builder.plate(plate_corners(back - 0.01, min(0.74, shape.boot_z - 0.2), -1.0))


def plate_corners(y: float, z: float, facing: float) -> Floats:
    """A plate's corners (4, 3) on an upright panel at y, its centre at height z; `facing` +1 forward, -1 backward."""
    half_width, half_height = PLATE_SIZE_M[0] / 2, PLATE_SIZE_M[1] / 2
    left = half_width * facing
    return np.array(
        [
            [left, y, z + half_height],
            [-left, y, z + half_height],
            [-left, y, z - half_height],
            [left, y, z - half_height],
        ]
    )


def _cabin(builder: MeshBuilder, shape: CarShape, colour: Colour) -> None:
    half, end = shape.width / 2, shape.length / 2
    deck = min(shape.deck_z, shape.boot_z)
    lean = 0.93 - 0.22 * min(1.0, (shape.height - deck) / 0.9) if shape.height < 2.0 else 0.86
    eaves = shape.height - 0.06
    base = Rectangle(-half * 0.93, half * 0.93, end - shape.rear_base, end - shape.screen_base, deck)
    roof = Rectangle(-half * lean, half * lean, end - shape.rear_top, end - shape.screen_top, eaves)
    cabin = frustum(builder, base, roof, colour, Material.PAINT)
    _glaze(builder, cabin, shape)
    _roof(builder, roof, shape.height, colour)


def _glaze(builder: MeshBuilder, cabin: Frustum, shape: CarShape) -> None:
    for low, high, shade in ((0.06, 0.36, 1.0), (0.36, 0.66, 1.35), (0.66, 0.94, 1.7)):
        glass = (GLASS[0] * shade, GLASS[1] * shade, GLASS[2] * shade)
        builder.inlay(cabin.front, (0.05, 0.95), (low, high), glass, Material.GLASS)
        if shape.rear_pane:
            builder.inlay(cabin.back, (0.07, 0.93), (0.1 + low * 0.85, 0.1 + high * 0.85), glass, Material.GLASS)
    low_side = 0.10 if shape.height < 2.0 else 0.12
    high_side = 0.88 if shape.height < 2.0 else 0.62
    for back, front in shape.panes:
        builder.inlay(cabin.right, (back, front), (low_side, high_side), GLASS, Material.GLASS)
        builder.inlay(cabin.left, (1 - front, 1 - back), (low_side, high_side), GLASS, Material.GLASS)


def _roof(builder: MeshBuilder, eaves: Rectangle, height: float, colour: Colour) -> None:
    crown = Rectangle(eaves.left * 0.7, eaves.right * 0.7, eaves.back + 0.15, eaves.front - 0.15, height)
    frustum(builder, eaves, crown, colour, Material.PAINT)


def _mirrors(builder: MeshBuilder, shape: CarShape, colour: Colour) -> None:
    y, z = shape.length / 2 - shape.screen_base - 0.28, shape.deck_z
    for side in (-1.0, 1.0):
        builder.start_section()
        inner, outer = sorted((side * (shape.width / 2 - 0.04), side * (shape.width / 2 + 0.15)))
        box(builder, (inner, y - 0.08, z), (outer, y + 0.08, z + 0.15), colour, Material.PAINT)
