"""Meshes of flat faces, and the few solids from which vehicles are built.

A vehicle's own axes, in metres: x to its right, y forward (the front bumper at +length / 2), z up from the road.
Faces are grouped in sections, drawn from far to near; inside a section they are drawn in their order after those
turned away are dropped, so a window is a face that follows the panel it lies in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Colour = tuple[float, float, float]


class Material(IntEnum):
    """How a face answers to light."""

    MATTE = 0
    PAINT = 1
    GLASS = 2
    HEAD_LAMP = 3
    TAIL_LAMP = 4


@dataclass(frozen=True)
class Mesh:
    """Faces as columns: vertices (v, 3); per face its loop of vertex indices, outward normal, centre, BGR colour,
    material and section. `plates` are quads (4, 3), top-left first, clockwise as one reads them.
    """

    vertices: Floats
    loops: tuple[npt.NDArray[np.intp], ...]
    normals: Floats
    centres: Floats
    colours: Floats
    materials: npt.NDArray[np.int64]
    sections: npt.NDArray[np.int64]
    plates: tuple[Floats, ...]

    @property
    def size_m(self) -> tuple[float, float, float]:
        """Width, length and height of the bounds."""
        width, length, height = self.vertices.max(axis=0) - self.vertices.min(axis=0)
        return float(width), float(length), float(height)


class MeshBuilder:
    """Collects faces; `start_unit` tells where the inside of the next convex hull is."""

    def __init__(self) -> None:
        self._faces: list[Floats] = []
        self._colours: list[Colour] = []
        self._materials: list[Material] = []
        self._sections: list[int] = []
        self._insides: list[Floats] = []
        self._plates: list[Floats] = []
        self._inside: Floats = np.zeros(3)
        self._section = 0

    def start_unit(self, inside: tuple[float, float, float]) -> None:
        """Open a convex hull around the point `inside`, from which its faces look away."""
        self._inside = np.array(inside)

    def start_section(self) -> None:
        """Open the next section, sorted by distance among the others."""
        self._section += 1

    def face(self, points: npt.ArrayLike, colour: Colour, material: Material = Material.MATTE) -> Floats:
        """Add a convex planar polygon (n, 3); gives it back as an array so that details can be laid into it."""
        polygon = np.asarray(points, dtype=np.float64)
        self._faces.append(polygon)
        self._colours.append(colour)
        self._materials.append(material)
        self._sections.append(self._section)
        self._insides.append(self._inside)
        return polygon

    def inlay(
        self, quad: Floats, across: tuple[float, float], up: tuple[float, float], colour: Colour, material: Material
    ) -> Floats:
        """Lay a face into `quad` (bottom-left, bottom-right, top-right, top-left) at fractions of its sides."""
        corners = [(across[0], up[0]), (across[1], up[0]), (across[1], up[1]), (across[0], up[1])]
        return self.face([_inside_quad(quad, a, u) for a, u in corners], colour, material)

    def plate(self, corners: npt.ArrayLike) -> None:
        """Hang a number plate, (4, 3): top-left first, clockwise as one reads it."""
        self._plates.append(np.asarray(corners, dtype=np.float64))

    def build(self) -> Mesh:
        """The finished mesh."""
        counts = np.cumsum([0] + [len(face) for face in self._faces])
        vertices = np.concatenate(self._faces)
        centres = np.add.reduceat(vertices, counts[:-1]) / np.diff(counts)[:, None]
        loops = tuple(np.arange(start, end) for start, end in pairwise(counts))
        return Mesh(
            vertices=vertices,
            loops=loops,
            normals=_outward_normals(self._faces, centres - np.array(self._insides)),
            centres=centres,
            colours=np.array(self._colours, dtype=np.float64),
            materials=np.array(self._materials, dtype=np.int64),
            sections=np.array(self._sections, dtype=np.int64),
            plates=tuple(self._plates),
        )


def _outward_normals(faces: list[Floats], outward: Floats) -> Floats:
    corners = np.array([face[:3] for face in faces])
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    turned: Floats = np.where((normals * outward).sum(axis=1, keepdims=True) >= 0, normals, -normals)
    return turned


def _inside_quad(quad: Floats, across: float, up: float) -> Floats:
    bottom = quad[0] + (quad[1] - quad[0]) * across
    top = quad[3] + (quad[2] - quad[3]) * across
    point: Floats = bottom + (top - bottom) * up
    return point
