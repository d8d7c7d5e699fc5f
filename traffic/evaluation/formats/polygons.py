"""The box around a vehicle's polygons, for COCO annotations that have a segmentation alone."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ConfigDict, TypeAdapter, ValidationError

from traffic.errors import ConfigError
from traffic.evaluation.formats.rows import Box

FEWEST_NUMBERS = 6
"""Of a polygon: x and y of three points."""
REMEDY = "write the annotation's bbox (x, y, width, height), or its polygons"
_Polygons = tuple[tuple[float, ...], ...]
_POLYGONS: TypeAdapter[_Polygons] = TypeAdapter(_Polygons, config=ConfigDict(allow_inf_nan=False))


def box_around(segmentation: object, place: str) -> Box:
    """The smallest box x1, y1, x2, y2 that holds every polygon.

    Args:
        segmentation: as JSON has it: a list of polygons, the parts of one vehicle, each x, y, x, y, ... in pixels.
        place: the annotation's file and entry, for an error.

    Raises:
        ConfigError: it is none, is written as run lengths (RLE), or a polygon has no three points or no area.
    """
    if isinstance(segmentation, Mapping):
        raise _refusal(f"expected a bbox or polygons, got a mask as run lengths ({', '.join(segmentation)})", place)
    if not segmentation:
        raise _refusal("expected a bbox or polygons, got neither", place)
    xs, ys = zip(*(point for polygon in _polygons(segmentation, place) for point in polygon), strict=True)
    x1, y1, x2, y2 = min(xs), min(ys), max(xs), max(ys)
    if x1 == x2 or y1 == y2:
        raise _refusal(f"expected polygons with an area, got {x1:g},{y1:g} to {x2:g},{y2:g}", f"{place}.segmentation")
    return x1, y1, x2, y2


def _polygons(segmentation: object, place: str) -> list[list[tuple[float, float]]]:
    """The points of each polygon."""
    try:
        polygons = _POLYGONS.validate_python(segmentation)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in ("segmentation", *first["loc"]))
        raise _refusal(f"expected polygons of x, y, x, y, ...: {first['msg']}", f"{place}.{where}") from error
    for number, numbers in enumerate(polygons):
        if len(numbers) < FEWEST_NUMBERS or len(numbers) % 2:
            raise _refusal(
                f"expected x and y of three points or more, got {len(numbers)} numbers",
                f"{place}.segmentation.{number}",
            )
    return [list(zip(numbers[::2], numbers[1::2], strict=True)) for numbers in polygons]


def _refusal(problem: str, place: str) -> ConfigError:
    return ConfigError(f"{place}: {problem}", remedy=REMEDY)
