"""Lines of tracks and detections, plain or packed by gzip, read so that every error names the file and the line."""

from __future__ import annotations

import configparser
import gzip
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traffic.datatypes import Float64Array
from traffic.errors import ConfigError
from traffic.evaluation.formats.rows import CORRECT

KITTI_COLUMNS = "frame id type truncated occluded alpha x1 y1 x2 y2"
"""What is read of a label, after KITTI's development kit; further columns are its three dimensions."""
RATE = "frameRate"


@dataclass(frozen=True, slots=True)
class KittiBox:
    """One line of KITTI's tracking labels.

    Attributes:
        frame: from 0 on.
        track: the same for one object; -1 in a region that nobody labelled.
        kind: KITTI's word.
        truncated, occluded: KITTI's degrees, -1 where unknown.
        xyxy: pixels.
    """

    frame: int
    track: int
    kind: str
    truncated: float
    occluded: float
    xyxy: tuple[float, float, float, float]


def read_kitti_labels(path: Path) -> list[KittiBox]:
    """The boxes of NAME.txt or NAME.txt.gz.

    Raises:
        ConfigError: with file and line: the file cannot be read, or a line is not KITTI's.
    """
    return [_kitti_box(path, number, line.split()) for number, line in _lines(path)]


def read_table(path: Path, columns: str, first_frame: int) -> Float64Array:
    """Comma-separated numbers, (n, columns); what a line has beyond the columns is left out.

    Args:
        path: the file.
        columns: their names with commas, `frame` the first of them.
        first_frame: the number of a recording's first frame.

    Raises:
        ConfigError: with file and line: the file cannot be read, a line is too short, a field is no number, or the
            frame is no whole number from `first_frame` on.
    """
    names = columns.split(",")
    rows = [_row(path, number, line.split(","), names, first_frame) for number, line in _lines(path)]
    return np.array(rows, np.float64).reshape(-1, len(names))


def read_frame_rate(path: Path, otherwise: float) -> float:
    """The frameRate of MOTChallenge's seqinfo.ini; `otherwise` where the file or the entry is not there.

    Raises:
        ConfigError: with file and line: it is no such file, or the rate is no number above 0.
    """
    info = configparser.ConfigParser(interpolation=None)
    try:
        info.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected MOT's seqinfo.ini ([Sequence], {RATE}=25): {error}") from error
    text = info.get("Sequence", RATE, fallback=None)
    if text is None:
        return otherwise
    rate = _number(text)
    if rate is None or rate <= 0:
        raise _refusal(path, _line_of_rate(path), f"{RATE} as a number above 0, got {text!r}")
    return rate


def _kitti_box(path: Path, number: int, fields: Sequence[str]) -> KittiBox:
    if len(fields) < len(KITTI_COLUMNS.split()):
        raise _refusal(path, number, f"{KITTI_COLUMNS}, got {len(fields)} fields")
    told = [_number(field) for field in (*fields[:2], *fields[3:5], *fields[6:10])]
    values = [value for value in told if value is not None]
    if len(values) < len(told) or not (values[0] >= 0 and values[0].is_integer() and values[1].is_integer()):
        raise _refusal(path, number, f"numbers in {KITTI_COLUMNS}, frame and id whole, got {' '.join(fields[:10])!r}")
    frame, track, truncated, occluded, x1, y1, x2, y2 = values
    return KittiBox(int(frame), int(track), fields[2], truncated, occluded, (x1, y1, x2, y2))


def _row(path: Path, number: int, fields: Sequence[str], names: Sequence[str], first_frame: int) -> list[float]:
    if len(fields) < len(names):
        raise _refusal(path, number, f"{','.join(names)}, got {len(fields)} fields: {','.join(fields)!r}")
    told = {name: (_number(field), field) for name, field in zip(names, fields, strict=False)}
    for name, (value, field) in told.items():
        if value is None:
            raise _refusal(path, number, f"{name} as a number, got {field.strip()!r}")
    values = [value for value, _ in told.values() if value is not None]
    if values[0] < first_frame or not values[0].is_integer():
        raise _refusal(path, number, f"a whole number of {first_frame} or more as frame, got {fields[0].strip()!r}")
    return values


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected lines of text, cannot read it: {error}") from error
    return ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def _line_of_rate(path: Path) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().lower().startswith(RATE.lower()))


def _refusal(path: Path, number: int, expected: str) -> ConfigError:
    return ConfigError(f"{path}:{number}: expected {expected}", remedy=CORRECT)
