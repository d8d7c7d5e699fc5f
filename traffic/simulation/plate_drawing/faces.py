"""Typefaces: the mask of a character at the size that a plate asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.plate_drawing.strokes import (
    DEEP_STROKES,
    FORGERY_PROOF_STROKES,
    INDUSTRIAL_STROKES,
    LATIN_STROKES,
    NARROW_STROKES,
    POINTED_STROKES,
    RUSSIAN_STROKES,
    SQUARE_STROKES,
    UPRIGHT_STROKES,
    WIDTHS,
    stroke_lines,
    twins,
)

_SUPERSAMPLING = 3
_SHIFT = 4
_OUTLINE_PX = 96
_STURDY = ("-Regular", "-Medium", "-SemiBold", "-Semibold", "-Bold")
_THIN = ("-Regular",)


class Face(Protocol):
    """A typeface."""

    def width(self, character: str) -> float:
        """The character's usual width, as a share of its height."""
        ...

    def mask(self, character: str, size: tuple[int, int], stroke: float) -> UInt8Array:
        """A character that fills its box.

        Args:
            character: one of the face's.
            size: (width, height) of the box, pixels.
            stroke: thickness of the strokes as a share of the height; faces with outlines of their own round it.

        Returns:
            (height, width) uint8, 255 where there is ink; shared, not to be written to.
        """
        ...


@dataclass(frozen=True)
class StrokeFace:
    """A face drawn with a round pen along the strokes of a table; frozen, though its table is a dict.

    Attributes:
        name: tells faces apart.
        strokes: character to path.
        usual_width: of most digits, as a share of their height.
        letter_width: of most letters over that of digits.
        spread: 1 gives wide and narrow characters their usual differences, 0 makes all as wide.
    """

    name: str
    strokes: dict[str, str] = field(hash=False, compare=False, repr=False)
    usual_width: float = 0.56
    letter_width: float = 1.18
    spread: float = 1.0

    def width(self, character: str) -> float:
        """See Face."""
        usual = self.usual_width * (self.letter_width if character.isalpha() else 1.0)
        return float(usual * WIDTHS.get(character, 1.0) ** self.spread)

    def mask(self, character: str, size: tuple[int, int], stroke: float) -> UInt8Array:
        """See Face."""
        return _pen_mask(self.strokes[character], size, round(stroke * 50) / 50)


@dataclass(frozen=True)
class OutlineFace:
    """A TrueType face.

    Attributes:
        file: the font's path, or the name of one that OpenCV brings along.
        weight: 100 to 900 for a variable font; 0 leaves it as it is.
        squeeze: its letters are this much narrower than designed.
        widest: over the width of H, that of the widest letters; plates give M and W little more room than the others.
        bolder: strokes are this much thicker than designed, as a share of the height.
    """

    file: str
    weight: int = 0
    squeeze: float = 1.0
    widest: float = 2.0
    bolder: float = 0.0

    def width(self, character: str) -> float:
        """See Face."""
        return min(self._designed(character), self.widest * self._designed("H")) * self.squeeze

    def _designed(self, character: str) -> float:
        rows, columns = _outline(self.file, self.weight, character, self.bolder).shape
        return float(columns / rows)

    def mask(self, character: str, size: tuple[int, int], stroke: float) -> UInt8Array:  # noqa: ARG002
        """See Face; an outline keeps its own strokes."""
        return _outline_mask(self.file, self.weight, character, self.bolder, size)


RUSSIAN = StrokeFace("russian", RUSSIAN_STROKES, 0.57)
LATIN = StrokeFace("latin", LATIN_STROKES, 0.55)
INDUSTRIAL = StrokeFace("industrial", INDUSTRIAL_STROKES, 0.52)
SQUARE = StrokeFace("square", SQUARE_STROKES, 0.5)
NARROW = StrokeFace("narrow", NARROW_STROKES, 0.5)
POINTED = StrokeFace("pointed", POINTED_STROKES, 0.5)
UPRIGHT = StrokeFace("upright", UPRIGHT_STROKES, 0.5)
DEEP = StrokeFace("deep", DEEP_STROKES, 0.5)
FORGERY_PROOF = StrokeFace("forgery-proof", FORGERY_PROOF_STROKES, 0.56, 1.0, 0.0)
TWIN_FACES = (
    StrokeFace("latin twins", twins(LATIN_STROKES, flagged=False)),
    StrokeFace("industrial twins", twins(INDUSTRIAL_STROKES, flagged=True)),
    StrokeFace("narrow twins", twins(NARROW_STROKES, flagged=True)),
    StrokeFace("square twins", twins(SQUARE_STROKES, flagged=False)),
)


def _in_widths(*faces: StrokeFace) -> tuple[StrokeFace, ...]:
    return tuple(
        replace(face, usual_width=width, letter_width=letter_width, spread=spread)
        for face in faces
        for width in (0.42, 0.5, 0.58)
        for letter_width in (1.0, 1.2)
        for spread in (0.0, 0.4, 1.0)
    )


STROKE_FACES = _in_widths(LATIN, INDUSTRIAL, SQUARE, NARROW, NARROW, POINTED, *TWIN_FACES)
"""What foreign workshops might use."""
TWIN_STYLES = _in_widths(*TWIN_FACES)
"""Those of them in which O looks like 0."""
EUROPEAN_FACES = tuple(
    replace(face, usual_width=width, letter_width=letter_width, spread=spread)
    for face in (INDUSTRIAL, NARROW, DEEP, POINTED, UPRIGHT, FORGERY_PROOF, FORGERY_PROOF)
    for width in (0.44, 0.5, 0.57)
    for letter_width in (1.0, 1.1)
    for spread in (0.0, 0.3, 0.8)
)
"""Faces in which O is no 0, as plates of most European countries have them."""


def built_in_faces() -> tuple[OutlineFace, ...]:
    """The face that OpenCV brings along, in a few weights and widths."""
    return tuple(OutlineFace("sans", weight, squeeze) for weight in (400, 600, 800) for squeeze in (0.75, 1.0))


def faces_in(folders: tuple[Path, ...]) -> tuple[OutlineFace, ...]:
    """Every upright sturdy font below some folders, as designed and squeezed; the thinner ones bolder, too."""
    found = sorted(path for folder in folders for path in folder.rglob("*.[to]tf") if path.stem.endswith(_STURDY))
    return tuple(
        OutlineFace(str(path), 0, squeeze, widest, bolder)
        for path in found
        for squeeze, widest in ((0.7, 2.0), (1.0, 2.0), (0.85, 1.08), (1.0, 1.2))
        for bolder in ((0.0, 0.05) if path.stem.endswith(_THIN) else (0.0,))
    )


@lru_cache(maxsize=20_000)
def _pen_mask(path: str, size: tuple[int, int], stroke: float) -> UInt8Array:
    width, height = size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING
    thickness = max(round(stroke * height), 1)
    inset = thickness / 2
    canvas: UInt8Array = np.zeros((height, width), np.uint8)
    reach = np.array([max(width - thickness, 0), max(height - thickness, 0)], np.float32)
    for line in stroke_lines(path):
        points = np.round((line * reach + inset - 0.5) * (1 << _SHIFT)).astype(np.int32)
        cv2.polylines(canvas, [points], isClosed=False, color=255, thickness=thickness, shift=_SHIFT)
    return _fitted(canvas, size)


@cache
def _font(file: str) -> cv2.FontFace:
    """Kept for good: OpenCV takes a new font at a freed one's address for the old one."""
    return cv2.FontFace(file)


@lru_cache(maxsize=8_000)
def _outline(file: str, weight: int, character: str, bolder: float = 0.0) -> UInt8Array:
    canvas: UInt8Array = np.zeros((_OUTLINE_PX * 2, _OUTLINE_PX * 2, 3), np.uint8)
    origin = (_OUTLINE_PX // 2, _OUTLINE_PX * 3 // 2)
    cv2.putText(canvas, character, origin, (255, 255, 255), _font(file), _OUTLINE_PX, weight)
    if bolder:
        canvas = np.asarray(cv2.dilate(canvas, _round(round(_OUTLINE_PX * bolder))), np.uint8)
    rows, columns = np.nonzero(canvas[:, :, 0] > 127)
    return np.ascontiguousarray(canvas[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1, 0])


def _round(width: int) -> UInt8Array:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(width, 1), max(width, 1))), np.uint8)


@lru_cache(maxsize=20_000)
def _outline_mask(file: str, weight: int, character: str, bolder: float, size: tuple[int, int]) -> UInt8Array:
    return _fitted(_outline(file, weight, character, bolder), size)


def _fitted(mask: UInt8Array, size: tuple[int, int]) -> UInt8Array:
    fitted: UInt8Array = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
    fitted.flags.writeable = False
    return fitted
