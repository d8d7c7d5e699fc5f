"""Locators' engines without a network: plates are what is magenta."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array

MAGENTA = (255, 0, 255)


class MagentaFinder:
    """A locator's engine: the box around a picture's magenta pixels, in the last of three cells.

    The score is 0.9; 0.1 where there are none.
    """

    def __init__(self) -> None:
        self.batches: list[int] = []

    def infer(self, images: UInt8Array) -> Float32Array:
        self.batches.append(len(images))
        return np.stack([_cells(image) for image in images])

    def __enter__(self) -> MagentaFinder:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        pass


def _cells(image: UInt8Array) -> Float32Array:
    cells = np.zeros((3, 9), np.float32)
    cells[:, 0] = (0.05, 0.08, 0.1)
    bright = (image[:, :, 0] > 200) & (image[:, :, 1] < 60) & (image[:, :, 2] > 200)
    rows, columns = np.nonzero(bright)
    if len(rows):
        x1, y1, x2, y2 = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        cells[2] = [0.9, x1, y1, x2, y1, x2, y2, x1, y2]
    return cells


class PatchFinder(MagentaFinder):
    """One cell for each magenta patch, from the left, no two one above the other.

    Args:
        scores: of the patches.
    """

    def __init__(self, *scores: float) -> None:
        super().__init__()
        self._scores = scores

    def infer(self, images: UInt8Array) -> Float32Array:
        self.batches.append(len(images))
        return np.stack([self._cells(image) for image in images])

    def _cells(self, image: UInt8Array) -> Float32Array:
        magenta = (image[:, :, 0] > 200) & (image[:, :, 1] < 60) & (image[:, :, 2] > 200)
        edges = np.diff(np.concatenate([[0], magenta.any(axis=0).astype(int), [0]]))
        cells = np.zeros((len(self._scores), 9), np.float32)
        patches = np.flatnonzero(edges).reshape(-1, 2)
        for row, (score, (x1, x2)) in enumerate(zip(self._scores, patches, strict=False)):
            rows = np.flatnonzero(magenta[:, x1:x2].any(axis=1))
            y1, y2 = rows[0], rows[-1] + 1
            cells[row] = [score, x1, y1, x2, y1, x2, y2, x1, y2]
        return cells
