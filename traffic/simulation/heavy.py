"""Buses and trucks: boxes on wheels with windows, doors and lamps."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from traffic.simulation.cars import GLASS, LAMP_RED, LAMP_WHITE, SEAM, plate_corners
from traffic.simulation.mesh import Colour, Material, Mesh, MeshBuilder
from traffic.simulation.solids import DARK, Frustum, Rectangle, box, frustum, tyres, wheel_faces

ROUTE_BOARD: Colour = (20.0, 120.0, 235.0)
CANVAS: Colour = (205.0, 204.0, 200.0)


@dataclass(frozen=True)
class TruckShape:
    """Measures of a truck, metres: `axles` are distances from the front bumper, `box_start` where the cargo box
    begins.
    """

    length: float
    box_start: float
    box_low: float
    box_high: float
    axles: tuple[float, ...]
    cab_height: float


TRUCK_SHAPES: MappingProxyType[str, TruckShape] = MappingProxyType(
    {
        "box truck": TruckShape(8.2, 2.15, 1.05, 3.55, (1.35, 6.1), 2.75),
        "light truck": TruckShape(6.3, 1.80, 0.90, 2.95, (1.05, 4.6), 2.25),
        "tipper": TruckShape(7.6, 2.25, 1.15, 2.45, (1.35, 4.9, 6.2), 2.90),
        "articulated": TruckShape(16.2, 2.9, 1.15, 3.95, (1.4, 5.0, 11.6, 12.9, 14.2), 3.65),
    }
)


def build_bus(length: float, colour: Colour) -> Mesh:
    """A city bus of the given length, metres."""
    builder = MeshBuilder()
    half, end, height = 1.26, length / 2, 3.05
    axles = (end - 2.6, -end + 3.0)
    tyres(builder, axles, 0.48, half - 0.03, 0.3)
    base = Rectangle(-half, half, -end, end, 0.32)
    top = Rectangle(-half * 0.97, half * 0.97, -end + 0.06, end - 0.12, height - 0.12)
    body = frustum(builder, base, top, colour, Material.PAINT)
    wheel_faces(builder, axles, 0.48, half + 0.004)
    _bus_windows(builder, body, length)
    _bus_ends(builder, body)
    builder.plate(plate_corners(end + 0.01, 0.55, 1.0))
    builder.plate(plate_corners(-end - 0.01, 0.85, -1.0))
    crown = Rectangle(-half * 0.8, half * 0.8, -end + 0.4, end - 0.4, height)
    frustum(builder, top, crown, colour, Material.PAINT)
    box(builder, (-0.8, -1.6, height), (0.8, 1.2, height + 0.22), CANVAS)
    return builder.build()


def _bus_windows(builder: MeshBuilder, body: Frustum, length: float) -> None:
    count = round(length / 1.5)
    for side in (body.left, body.right):
        builder.inlay(side, (0.01, 0.99), (0.46, 0.90), DARK, Material.GLASS)
        for pane in range(count):
            start = 0.02 + pane * 0.96 / count
            builder.inlay(side, (start, start + 0.9 * 0.96 / count), (0.48, 0.88), GLASS, Material.GLASS)
    for start in (0.05, 0.45, 0.78):
        builder.inlay(body.right, (start, start + 0.11), (0.04, 0.86), DARK, Material.GLASS)


def _bus_ends(builder: MeshBuilder, body: Frustum) -> None:
    builder.inlay(body.front, (0.04, 0.96), (0.34, 0.97), DARK, Material.GLASS)
    builder.inlay(body.front, (0.05, 0.95), (0.36, 0.80), GLASS, Material.GLASS)
    builder.inlay(body.front, (0.18, 0.82), (0.85, 0.94), ROUTE_BOARD, Material.HEAD_LAMP)
    builder.inlay(body.front, (0.0, 1.0), (0.0, 0.06), DARK, Material.MATTE)
    builder.inlay(body.back, (0.10, 0.90), (0.55, 0.90), GLASS, Material.GLASS)
    builder.inlay(body.back, (0.15, 0.85), (0.10, 0.30), SEAM, Material.MATTE)
    for across in ((0.03, 0.20), (0.80, 0.97)):
        builder.inlay(body.front, across, (0.12, 0.22), LAMP_WHITE, Material.HEAD_LAMP)
    for across in ((0.02, 0.10), (0.90, 0.98)):
        builder.inlay(body.back, across, (0.18, 0.48), LAMP_RED, Material.TAIL_LAMP)


def build_truck(shape: TruckShape, colour: Colour, cargo: Colour) -> Mesh:
    """A truck whose cab has the body colour `colour` and whose box has `cargo`."""
    builder = MeshBuilder()
    end = shape.length / 2
    axles = tuple(end - axle for axle in shape.axles)
    front_half = tuple(axle for axle in axles if end - axle < shape.box_start + 2.6)
    rear_half = tuple(axle for axle in axles if axle not in front_half)
    _chassis(builder, shape, rear_half)
    _cargo_box(builder, shape, cargo)
    builder.start_section()
    _chassis_front(builder, front_half)
    _cab(builder, shape, colour)
    return builder.build()


def _chassis(builder: MeshBuilder, shape: TruckShape, axles: tuple[float, ...]) -> None:
    end = shape.length / 2
    tyres(builder, axles, 0.48, 1.22, 0.5)
    box(builder, (-0.75, -end + 0.3, 0.55), (0.75, end - 1.0, shape.box_low), DARK)
    wheel_faces(builder, axles, 0.48, 1.23)
    beam = box(builder, (-1.15, -end + 0.05, 0.5), (1.15, -end + 0.2, 0.85), DARK)
    for across in ((0.02, 0.18), (0.82, 0.98)):
        builder.inlay(beam.back, across, (0.3, 0.95), LAMP_RED, Material.TAIL_LAMP)
    builder.plate(plate_corners(-end + 0.02, 0.66, -1.0))


def _chassis_front(builder: MeshBuilder, axles: tuple[float, ...]) -> None:
    tyres(builder, axles, 0.48, 1.22, 0.34)
    builder.start_unit((0.0, sum(axles) / len(axles), 0.48))
    wheel_faces(builder, axles, 0.48, 1.23)


def _cargo_box(builder: MeshBuilder, shape: TruckShape, cargo: Colour) -> None:
    end = shape.length / 2
    low, high = (-1.25, -end + 0.03, shape.box_low), (1.25, end - shape.box_start, shape.box_high)
    solid = box(builder, low, high, cargo, Material.PAINT)
    ribs = max(int((high[1] - low[1]) / 1.3), 2)
    for side in (solid.left, solid.right):
        builder.inlay(side, (0.0, 1.0), (0.0, 0.05), SEAM, Material.MATTE)
        for rib in range(1, ribs):
            builder.inlay(side, (rib / ribs, rib / ribs + 0.006), (0.05, 1.0), SEAM, Material.MATTE)
    builder.inlay(solid.back, (0.495, 0.505), (0.0, 1.0), SEAM, Material.MATTE)
    for across in ((0.0, 0.03), (0.97, 1.0), (0.22, 0.235), (0.765, 0.78)):
        builder.inlay(solid.back, across, (0.0, 1.0), SEAM, Material.MATTE)
    builder.inlay(solid.back, (0.0, 1.0), (0.0, 0.05), SEAM, Material.MATTE)
    if shape.box_high < 2.6:
        builder.inlay(solid.top, (0.05, 0.95), (0.03, 0.97), (60.0, 78.0, 96.0), Material.MATTE)


def _cab(builder: MeshBuilder, shape: TruckShape, colour: Colour) -> None:
    end, back = shape.length / 2, shape.length / 2 - min(shape.box_start - 0.2, 2.1)
    waist, half = 1.45 if shape.cab_height > 2.5 else 1.2, 1.2
    lower = box(builder, (-half, back, 0.42), (half, end, waist), colour, Material.PAINT)
    _cab_face(builder, lower)
    builder.plate(plate_corners(end + 0.01, 0.55, 1.0))
    base = Rectangle(-half, half, back, end, waist)
    roof = Rectangle(-half * 0.92, half * 0.92, back + 0.05, end - 0.28, shape.cab_height)
    upper = frustum(builder, base, roof, colour, Material.PAINT)
    glass_top = min(0.92, 1.0 / (shape.cab_height - waist))
    builder.inlay(upper.front, (0.04, 0.96), (0.05, glass_top), GLASS, Material.GLASS)
    builder.inlay(upper.right, (0.42, 0.92), (0.05, glass_top), GLASS, Material.GLASS)
    builder.inlay(upper.left, (0.08, 0.58), (0.05, glass_top), GLASS, Material.GLASS)
    for side in (-1.0, 1.0):
        builder.start_section()
        inner, outer = sorted((side * half, side * (half + 0.22)))
        box(builder, (inner, end - 0.2, waist + 0.1), (outer, end - 0.1, waist + 0.75), DARK)


def _cab_face(builder: MeshBuilder, lower: Frustum) -> None:
    builder.inlay(lower.front, (0.0, 1.0), (0.0, 0.34), SEAM, Material.MATTE)
    builder.inlay(lower.front, (0.18, 0.82), (0.45, 0.88), DARK, Material.MATTE)
    for across in ((0.03, 0.17), (0.83, 0.97)):
        builder.inlay(lower.front, across, (0.14, 0.32), LAMP_WHITE, Material.HEAD_LAMP)
    for side in (lower.left, lower.right):
        builder.inlay(side, (0.0, 1.0), (0.0, 0.12), SEAM, Material.MATTE)
        builder.inlay(side, (0.48, 0.49), (0.1, 1.0), SEAM, Material.MATTE)
