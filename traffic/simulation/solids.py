"""Solids laid into a mesh: boxes, frustums, wheels and lofted bodies."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from traffic.simulation.mesh import Colour, Floats, Material, MeshBuilder

TYRE: Colour = (28.0, 28.0, 30.0)
RIM: Colour = (150.0, 150.0, 152.0)
DARK: Colour = (34.0, 34.0, 36.0)


@dataclass(frozen=True)
class Rectangle:
    """A level rectangle at height z: metres in the vehicle's axes."""

    left: float
    right: float
    back: float
    front: float
    z: float

    def corners(self) -> Floats:
        """(4, 3): back-left, back-right, front-right, front-left."""
        return np.array(
            [
                [self.left, self.back, self.z],
                [self.right, self.back, self.z],
                [self.right, self.front, self.z],
                [self.left, self.front, self.z],
            ]
        )


@dataclass(frozen=True)
class Frustum:
    """The faces of a frustum as quads (4, 3): bottom-left, bottom-right, top-right, top-left seen from outside."""

    back: Floats
    front: Floats
    left: Floats
    right: Floats
    top: Floats


def frustum(
    builder: MeshBuilder, base: Rectangle, top: Rectangle, colour: Colour, material: Material = Material.MATTE
) -> Frustum:
    """A solid between two level rectangles, without a bottom; a unit of its own."""
    low, high = base.corners(), top.corners()
    builder.start_unit(tuple((low.mean(axis=0) + high.mean(axis=0)) / 2))
    sides = [
        builder.face([low[a], low[b], high[b], high[a]], colour, material) for a, b in ((0, 1), (2, 3), (3, 0), (1, 2))
    ]
    return Frustum(sides[0], sides[1], sides[2], sides[3], builder.face(high, colour, material))


def box(
    builder: MeshBuilder,
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    colour: Colour,
    material: Material = Material.MATTE,
) -> Frustum:
    """A box between two corners (x, y, z)."""
    base = Rectangle(low[0], high[0], low[1], high[1], low[2])
    return frustum(builder, base, Rectangle(low[0], high[0], low[1], high[1], high[2]), colour, material)


def disc(builder: MeshBuilder, centre: tuple[float, float, float], radius: float, colour: Colour) -> None:
    """An upright disc that faces sideways, away from the inside of the open unit."""
    turns = np.linspace(0.0, 2 * np.pi, 16, endpoint=False)
    x, y, z = centre
    points = np.column_stack([np.full(16, x), y + radius * np.cos(turns), z + radius * np.sin(turns)])
    builder.face(points, colour)


def tyres(builder: MeshBuilder, axles: tuple[float, ...], radius: float, half_width: float, tread: float) -> None:
    """The treads of the wheels as seen from front and rear, and the shade between them."""
    for axle in axles:
        for side in (-1.0, 1.0):
            inner, outer = sorted((side * (half_width - tread), side * half_width))
            bottom = Rectangle(inner, outer, axle - radius * 0.45, axle + radius * 0.45, 0.0)
            frustum(builder, bottom, Rectangle(inner, outer, axle - radius, axle + radius, radius), TYRE)


def wheel_faces(builder: MeshBuilder, axles: tuple[float, ...], radius: float, x: float) -> None:
    """Wheel arches, tyres and rims on both sides of the open unit, at x and -x."""
    for axle in axles:
        for side in (-x, x):
            disc(builder, (side, axle, radius * 1.12), radius * 1.12, DARK)
            disc(builder, (side * 1.001, axle, radius), radius, TYRE)
            disc(builder, (side * 1.002, axle, radius), radius * 0.66, RIM)
            disc(builder, (side * 1.003, axle, radius), radius * 0.30, DARK)


@dataclass(frozen=True)
class Station:
    """A cross-section of a lofted body at y: half widths at sill, waist and deck, and the height of the deck."""

    y: float
    half_sill: float
    half_waist: float
    half_deck: float
    deck_z: float


@dataclass(frozen=True)
class Loft:
    """Faces of a lofted body: the end caps as (sill to waist, waist to deck) and the deck panels from back to front."""

    back: tuple[Floats, Floats]
    front: tuple[Floats, Floats]
    deck: tuple[Floats, ...]


def loft(builder: MeshBuilder, stations: tuple[Station, ...], sill_z: float, waist_z: float, colour: Colour) -> Loft:
    """A painted body through cross-sections from the rear to the front; a unit of its own."""
    builder.start_unit((0.0, (stations[0].y + stations[-1].y) / 2, waist_z))
    rings = [_ring(station, sill_z, waist_z) for station in stations]
    shade = (colour[0] * 0.9, colour[1] * 0.9, colour[2] * 0.9)
    for rear, fore in pairwise(rings):
        for left, right in ((0, 1), (5, 4)):
            builder.face([rear[left], fore[left], fore[right], rear[right]], shade, Material.PAINT)
        for left, right in ((1, 2), (4, 3)):
            builder.face([rear[left], fore[left], fore[right], rear[right]], colour, Material.PAINT)
    deck = tuple(
        builder.face([rear[2], rear[3], fore[3], fore[2]], colour, Material.PAINT) for rear, fore in pairwise(rings)
    )
    return Loft(_cap(builder, rings[0], colour), _cap(builder, rings[-1], colour), deck)


def _ring(station: Station, sill_z: float, waist_z: float) -> Floats:
    widths = (station.half_sill, station.half_waist, station.half_deck)
    levels = (sill_z, waist_z, station.deck_z)
    left = [[-width, station.y, level] for width, level in zip(widths, levels, strict=True)]
    right = [[width, station.y, level] for width, level in zip(widths, levels, strict=True)]
    return np.array(left + right[::-1])


def _cap(builder: MeshBuilder, ring: Floats, colour: Colour) -> tuple[Floats, Floats]:
    lower = builder.face([ring[0], ring[5], ring[4], ring[1]], colour, Material.PAINT)
    return lower, builder.face([ring[1], ring[4], ring[3], ring[2]], colour, Material.PAINT)
