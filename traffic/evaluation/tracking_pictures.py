"""The pictures of docs/tracking.md: HOTA against frame rate, and an occlusion survived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Tracks, UInt8Array
from traffic.simulation.intersection import SCRIPTED, FilmedFrame, film_intersection, frame_times
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings
from traffic.video.writer import VideoWriter

Lines = Mapping[str, Mapping[float, float]]
COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#8c564b")
PANEL_WIDTH, HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT = 420, 300, 50, 34, 340, 200
STORY = "a lorry overtakes two cars and hides them"
CLIP_FPS, MILLISECONDS = 12.5, 1000
SHOWN_S = (3.5, 5.8, 8.2)
CROP = (slice(440, 640), slice(0, 1700))
GREY, WHITE = (120, 120, 120), (235, 235, 235)
PALETTE = ((80, 200, 80), (80, 160, 255), (255, 140, 80), (200, 100, 220))


def rate_plot(panels: Mapping[str, Lines]) -> str:
    """SVG: a panel for each data set, HOTA in percent over frames a second, a line for each tracker."""
    parts = [_panel(place * PANEL_WIDTH, title, lines) for place, (title, lines) in enumerate(panels.items())]
    names = list(dict.fromkeys(name for lines in panels.values() for name in lines))
    legend = [
        f'<text x="{LEFT}" y="{HEIGHT + 14 * row}" fill="{COLOURS[row % len(COLOURS)]}">{name}</text>'
        for row, name in enumerate(names)
    ]
    width, height = PANEL_WIDTH * len(panels), HEIGHT + 14 * len(names)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
    return f'{head} font-size="11"><rect width="100%" height="100%" fill="white"/>{"".join(parts + legend)}</svg>\n'


def _panel(left: int, title: str, lines: Lines) -> str:
    rates = sorted({rate for line in lines.values() for rate in line})
    values = [value for line in lines.values() for value in line.values()]
    low, high = np.floor(min(values) / 5) * 5, np.ceil(max(values) / 5) * 5

    def x(rate: float) -> float:
        return left + LEFT + PLOT_WIDTH * (rates.index(rate) / max(1, len(rates) - 1))

    def y(value: float) -> float:
        return float(TOP + PLOT_HEIGHT * (high - value) / max(high - low, 1))

    parts = [f'<text x="{left + LEFT}" y="18" font-weight="bold">HOTA, {title}</text>']
    for tick in np.arange(low, high + 1, 5):
        line = f'x1="{left + LEFT}" x2="{left + LEFT + PLOT_WIDTH}" y1="{y(tick)}" y2="{y(tick)}"'
        parts.append(f'<line {line} stroke="#ddd"/><text x="{left + 26}" y="{y(tick) + 4}">{tick:.0f}</text>')
    parts += [f'<text x="{x(rate) - 8}" y="{TOP + PLOT_HEIGHT + 18}">{rate:g}</text>' for rate in rates]
    parts.append(f'<text x="{left + LEFT + 120}" y="{TOP + PLOT_HEIGHT + 36}">frames a second</text>')
    for place, line_of in enumerate(lines.values()):
        points = " ".join(f"{x(rate):.1f},{y(value):.1f}" for rate, value in sorted(line_of.items()))
        colour = COLOURS[place % len(COLOURS)]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return "".join(parts)


def occlusion_picture() -> bytes:
    """JPEG, three moments of a scripted scene under each other: before, behind and after the lorry; thin: the truth."""
    story = list(_story())
    shown = [next(picture for pts_ns, picture in story if pts_ns * 1e-9 >= moment) for moment in SHOWN_S]
    _, encoded = cv2.imencode(".jpg", np.concatenate(shown), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return encoded.tobytes()


def write_occlusion_clip(path: Path) -> None:
    """The whole scene as an MP4."""
    rows, columns = (side.stop - side.start for side in CROP)
    with VideoWriter(path, (columns, rows), CLIP_FPS, MILLISECONDS) as writer:
        for pts_ns, picture in _story():
            writer.write(picture, pts_ns * MILLISECONDS // 1_000_000_000)


def _story() -> Iterator[tuple[int, UInt8Array]]:
    scene, tracker = SCRIPTED[STORY](), Tracker(TrackerSettings())
    for frame in film_intersection(scene, frame_times(CLIP_FPS, scene.duration_s), 0):
        tracks = tracker.update(frame.detections, frame.pts_ns)
        yield frame.pts_ns, _drawn(frame, tracks, (scene.camera.height, scene.camera.width))


def _drawn(frame: FilmedFrame, tracks: Tracks, size: tuple[int, int]) -> UInt8Array:
    canvas: NDArray[np.uint8] = np.full((*size, 3), 40, np.uint8)
    for x1, y1, x2, y2 in frame.sight.xyxy.astype(int).tolist():
        cv2.rectangle(canvas, (x1, y1), (x2, y2), GREY, 1)
    for track_id, box in zip(tracks.track_ids.tolist(), tracks.xyxy.astype(int).tolist(), strict=True):
        colour = PALETTE[track_id % len(PALETTE)]
        cv2.rectangle(canvas, (box[0], box[1]), (box[2], box[3]), colour, 3)
        cv2.putText(canvas, str(track_id), (box[0], box[1] - 8), cv2.FONT_HERSHEY_SIMPLEX, 1.0, colour, 2)
    crop: UInt8Array = canvas[CROP].copy()
    label = f"{frame.pts_ns * 1e-9:.1f} s"
    cv2.putText(crop, label, (12, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, WHITE, 2)
    return crop
