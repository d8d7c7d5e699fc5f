"""Plates pasted into pictures: poses with exact corners, light that fits the place, and plates taken away."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, Float64Array, UInt8Array
from traffic.plates.rectify import homography, pixel_index_matrix
from traffic.simulation.plate_drawing.surface import weathered

_FRAME_SHARE = 0.35
_EDGE_BLUR = 3


@dataclass(frozen=True)
class Pose:
    """How a plate is turned away from the camera; `distance` is in widths of the plate."""

    yaw_rad: float = 0.0
    pitch_rad: float = 0.0
    roll_rad: float = 0.0
    distance: float = 8.0


def random_pose(random: np.random.Generator, steepest_deg: float) -> Pose:
    """Small turns more often than steep ones; none over `steepest_deg`."""
    yaw, pitch, roll = random.uniform(-1, 1, 3) * random.uniform(0, 1, 3) ** 0.7 * np.deg2rad(steepest_deg)
    return Pose(float(yaw), float(pitch), float(roll), float(random.uniform(2.5, 12)))


def rotation(pose: Pose) -> Float64Array:
    """(3, 3): yaw about the vertical, then pitch, then roll about the line of sight."""
    cos, sin = np.cos, np.sin
    y, p, r = pose.yaw_rad, pose.pitch_rad, pose.roll_rad
    about_y = np.array([[cos(y), 0, sin(y)], [0, 1, 0], [-sin(y), 0, cos(y)]])
    about_x = np.array([[1, 0, 0], [0, cos(p), -sin(p)], [0, sin(p), cos(p)]])
    about_z = np.array([[cos(r), -sin(r), 0], [sin(r), cos(r), 0], [0, 0, 1]])
    turned: Float64Array = about_z @ about_x @ about_y
    return turned


def posed_quad(aspect: float, pose: Pose, centre: tuple[float, float], width_px: float) -> Float32Array:
    """The corners (4, 2) of a plate in a pinhole camera.

    Args:
        aspect: width to height of the plate.
        pose: how it is turned.
        centre: of the plate, in pixels.
        width_px: how wide it would look from the front.
    """
    half = np.array([0.5, 0.5 / aspect, 1.0])
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * half
    turned = corners @ rotation(pose).T + np.array([0, 0, pose.distance])
    flat = turned[:, :2] / turned[:, 2:] * pose.distance * width_px
    return np.asarray(flat + np.array(centre), np.float32)


def paste(image: UInt8Array, picture: UInt8Array, quad: Float32Array, random: np.random.Generator) -> None:
    """Lay a plate over an image (h, w, 3) in place, its corners at `quad` (4, 2), in the light of the place."""
    sheet = lit(picture, _brightness(image, quad), random)
    sheet, target = _framed(sheet, quad, random)
    sheet = _shrunk(sheet, quad)
    height, width = sheet.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = pixel_index_matrix(homography(source, target))
    size = (image.shape[1], image.shape[0])
    warped = cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    opacity = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    share = cv2.blur(opacity, (2, 2)).astype(np.float32)[:, :, None] / 255
    image[:] = (image + share * (warped.astype(np.float32) - image)).astype(np.uint8)


def lit(picture: UInt8Array, brightness: float, random: np.random.Generator) -> UInt8Array:
    """The plate as the road left it, in some light: near that of its surroundings, often brighter, tinted."""
    gain = float(np.clip((brightness + 60) / 200, 0.15, 1.1) * random.uniform(0.6, 1.5))
    tint = random.uniform(0.85, 1.15, 3) if random.random() < 0.6 else np.ones(3)
    sheet = weathered(picture, random).astype(np.float32) * (gain * tint).astype(np.float32)
    return np.clip(sheet, 0, 255).astype(np.uint8)


def erase(image: UInt8Array, quad: Float32Array, random: np.random.Generator) -> None:
    """Paint over what lies in a quad (4, 2), in place, with the colours around it."""
    centre = quad.mean(axis=0)
    grown = centre + (quad - centre) * np.float32(1.25)
    ring = centre + (quad - centre) * np.float32(1.7)
    mask: UInt8Array = np.zeros(image.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, ring.round().astype(np.int32), 1)
    cv2.fillConvexPoly(mask, grown.round().astype(np.int32), 2)
    around = image[mask == 1]
    if not len(around):
        return
    rows, columns = np.nonzero(mask == 2)
    picked = around[random.integers(len(around), size=len(rows))]
    image[rows, columns] = picked
    soft = cv2.blur(image, (2 * _EDGE_BLUR + 1, 2 * _EDGE_BLUR + 1))
    image[rows, columns] = soft[rows, columns]


def _brightness(image: UInt8Array, quad: Float32Array) -> float:
    low = np.maximum(quad.min(axis=0).astype(int) - 4, 0)
    high = np.maximum(quad.max(axis=0).astype(int) + 4, low + 1)
    patch = image[low[1] : high[1], low[0] : high[0]]
    return float(patch.mean()) if patch.size else float(image.mean())


def _framed(sheet: UInt8Array, quad: Float32Array, random: np.random.Generator) -> tuple[UInt8Array, Float32Array]:
    """Perhaps a dealer's frame around the sheet; the picture with it, and where its corners go."""
    if random.random() >= _FRAME_SHARE:
        return sheet, quad
    height, width = sheet.shape[:2]
    thick = int(height * random.uniform(0.04, 0.16))
    shade = int(random.integers(0, 90)) if random.random() < 0.8 else int(random.integers(90, 220))
    framed = cv2.copyMakeBorder(sheet, thick, thick, thick, thick, cv2.BORDER_CONSTANT, value=(shade,) * 3)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    outer = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * thick + source
    matrix = homography(source, quad)
    return np.asarray(framed, np.uint8), np.asarray(cv2.perspectiveTransform(outer[None], matrix)[0], np.float32)


def _shrunk(sheet: UInt8Array, quad: Float32Array) -> UInt8Array:
    """The picture at about the size it will have, so that warping it does not alias."""
    width = float(np.linalg.norm(quad[1] - quad[0]))
    factor = min(1.0, 1.3 * width / sheet.shape[1])
    size = max(round(sheet.shape[1] * factor), 4), max(round(sheet.shape[0] * factor), 3)
    return np.asarray(cv2.resize(sheet, size, interpolation=cv2.INTER_AREA), np.uint8)
