"""What every kernel must give, in NumPy: written from the formulas, not from the kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

UInt8 = NDArray[np.uint8]
Float32 = NDArray[np.float32]
PAD = 114


def resize(image: UInt8, size: tuple[int, int]) -> UInt8:
    """OpenCV's bilinear resize of 8-bit pictures: weights in 2048ths, its order of roundings.

    Args:
        image: (h, w, 3).
        size: width and height of the result.
    """
    height, width = image.shape[:2]
    x, x_share = _places(size[0], width)
    y, y_share = _places(size[1], height)
    outside = (x < 0) | (x >= width - 1)
    x = np.clip(x, 0, width - 1)
    left, right = _weights(np.where(outside, np.float32(0), x_share))
    top, bottom = _weights(y_share)
    source = image.astype(np.int64)
    rows = source[:, x] * left[None, :, None] + source[:, np.minimum(x + 1, width - 1)] * right[None, :, None]
    rows >>= 4
    above = rows[np.clip(y, 0, height - 1)] * top[:, None, None] >> 16
    below = rows[np.clip(y + 1, 0, height - 1)] * bottom[:, None, None] >> 16
    return ((above + below + 2) >> 2).astype(np.uint8)


def _places(target: int, source: int) -> tuple[NDArray[np.int64], Float32]:
    step = 1.0 / (target / source)
    position = ((np.arange(target) + 0.5) * step - 0.5).astype(np.float32)
    low = np.floor(position)
    return low.astype(np.int64), position - low


def _weights(share: Float32) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    low = np.rint((np.float32(1) - share) * np.float32(2048))
    return low.astype(np.int64), np.rint(share * np.float32(2048)).astype(np.int64)


def area_resize(image: UInt8, size: tuple[int, int]) -> UInt8:
    """The mean of the pixels under each, by the share of them that lies under it; in double precision.

    Where only one axis shrinks OpenCV interpolates both: a pixel whose end the next source pixel's end does not pass
    is that source pixel, the others are mixed by how far they reach over.
    """
    height, width = image.shape[:2]
    weights = _overlaps if width >= size[0] and height >= size[1] else _overhangs
    across, down = weights(size[0], width), weights(size[1], height)
    return np.rint(np.einsum("ys,xt,stc->yxc", down, across, image, optimize=True)).astype(np.uint8)


def _overlaps(target: int, source: int) -> NDArray[np.float64]:
    step, pixel = source / target, np.arange(source)
    start = np.arange(target)[:, None] * step
    return np.clip(np.minimum(start + step, pixel + 1) - np.maximum(start, pixel), 0, None) / step


def _overhangs(target: int, source: int) -> NDArray[np.float64]:
    pixel = np.arange(target)
    low = np.floor(pixel * (1.0 / (target / source))).astype(np.int64)
    over = (pixel + 1 - (low + 1) * (target / source)).astype(np.float32)
    over = np.where(over <= 0, 0, over - np.floor(over))
    weights = np.zeros((target, source))
    np.add.at(weights, (pixel, low), 1 - over)
    np.add.at(weights, (pixel, np.minimum(low + 1, source - 1)), over)
    return weights


def letterbox(image: UInt8, size: tuple[int, int]) -> Float32:
    """(3, h, w) of a picture (H, W, 3) in the top-left corner of `size` (width, height), 114 around it."""
    height, width = image.shape[:2]
    scale = min(size[1] / height, size[0] / width)
    canvas = np.full((size[1], size[0], 3), PAD, np.uint8)
    new_width, new_height = int(width * scale), int(height * scale)
    canvas[:new_height, :new_width] = resize(image, (new_width, new_height))
    return planes(canvas)


def planes(image: UInt8) -> Float32:
    """(h, w, 3) bytes to (3, h, w) numbers."""
    return np.ascontiguousarray(image.transpose(2, 0, 1), np.float32)


def bgr_of_nv12(rows: UInt8, kr: float, kb: float) -> UInt8:
    """(h, w, 3) of rows (h * 3 / 2, w): luma, then U and V in turn for blocks of 2 x 2; limited range.

    ITU-R BT.601 has kr .299 and kb .114, BT.709 .2126 and .0722: R = Y + 2 (1 - kr) V, B = Y + 2 (1 - kb) U, and
    G = (Y - kr R - kb B) / (1 - kr - kb).
    """
    height, width = rows.shape[0] * 2 // 3, rows.shape[1]
    grey = np.maximum(rows[:height].astype(np.float64) - 16, 0) / 219
    chroma = np.repeat(np.repeat(rows[height:].reshape(height // 2, width // 2, 2), 2, axis=0), 2, axis=1)
    u, v = np.moveaxis((chroma.astype(np.float64) - 128) / 224, -1, 0)
    red, blue = grey + 2 * (1 - kr) * v, grey + 2 * (1 - kb) * u
    green = (grey - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.rint(255 * np.stack([blue, green, red], axis=-1)), 0, 255).astype(np.uint8)


def crop_perspective(image: UInt8, out_to_picture: NDArray[np.float64], size: tuple[int, int]) -> Float32:
    """(3, h, w): each pixel of the crop, taken to the picture, in double precision; beyond the edge, the edge."""
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float64), np.arange(size[1], dtype=np.float64))
    at = np.einsum("ij,jhw->ihw", out_to_picture, np.stack([x, y, np.ones_like(x)]))
    return _bilinear(image, at[0] / at[2], at[1] / at[2])


def averaged_perspective(
    image: UInt8, out_to_picture: NDArray[np.float64], size: tuple[int, int], seen: tuple[int, int]
) -> Float32:
    """The same, seen in a picture of the size `seen`, and that averaged down to `size`."""
    large = crop_perspective(image, out_to_picture, seen).transpose(1, 2, 0).astype(np.uint8)
    return planes(area_resize(large, size))


def _bilinear(image: UInt8, x: NDArray[np.float64], y: NDArray[np.float64]) -> Float32:
    height, width = image.shape[:2]
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    across, down = (x - left)[..., None], (y - top)[..., None]

    def at(row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float64]:
        return image[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)].astype(np.float64)

    above = at(top, left) * (1 - across) + at(top, left + 1) * across
    below = at(top + 1, left) * (1 - across) + at(top + 1, left + 1) * across
    return planes(np.rint(above * (1 - down) + below * down).astype(np.uint8))


def mish(x: NDArray[np.floating]) -> NDArray[np.float64]:
    """x * tanh(log(1 + exp(x))) in double precision; minus infinity gives minus zero, the limit."""
    x = np.asarray(x, np.float64)
    with np.errstate(invalid="ignore"):
        y = x * np.tanh(np.logaddexp(0, x))
    return np.where(np.isneginf(x), -0.0, y)


def suppress(xyxy: Float32, scores: Float32, columns: NDArray[np.int64], maximum_iou: float) -> NDArray[np.int64]:
    """Greedy suppression among boxes of one class, best score first, equal scores in their order; rows that stay."""
    kept: list[int] = []
    for row in np.argsort(-scores, kind="stable"):
        rivals = [k for k in kept if columns[k] == columns[row]]
        if not any(_iou(xyxy[k], xyxy[row]) > maximum_iou for k in rivals):
            kept.append(int(row))
    return np.array(kept, np.int64)


def _iou(a: Float32, b: Float32) -> float:
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    height = max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return float(width * height / union) if union > 0 else 0.0
