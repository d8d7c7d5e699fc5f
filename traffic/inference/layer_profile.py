"""Where an engine's time goes, layer by layer."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import TYPE_CHECKING, cast

from traffic.errors import ModelError

if TYPE_CHECKING:
    from traffic.inference.tensorrt_api import Profiler

COLUMNS = ("layer", "milliseconds", "share")


@dataclass(frozen=True, slots=True)
class LayerTime:
    """How long one layer took in one inference."""

    layer: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class LayerShare:
    """What a layer costs.

    Attributes:
        layer: its name in the engine; several of the model's where they were fused.
        milliseconds: the median over the inferences.
        share: of the sum of all layers, 0 to 1.
    """

    layer: str
    milliseconds: float
    share: float


def layer_profiler(tensorrt: ModuleType, taken: list[LayerTime]) -> Profiler:
    """What TensorRT calls after an inference, once a layer; it puts the times at the end of `taken`."""
    base = tensorrt.IProfiler

    class LayerProfiler(base):  # type: ignore[misc, valid-type]  # a base class of TensorRT's binding
        """Collects."""

        def report_layer_time(self, layer_name: str, ms: float) -> None:
            taken.append(LayerTime(layer_name, ms))

    return cast("Profiler", LayerProfiler())


def layer_shares(runs: Sequence[Iterable[LayerTime]]) -> tuple[LayerShare, ...]:
    """The layers in the order of their first run.

    Args:
        runs: of each inference the times of its layers; those of one name are added up, and a layer that did not run
            took none.
    """
    sums = [_sums(run) for run in runs]
    names = dict.fromkeys(name for each in sums for name in each)
    times = {name: median(each.get(name, 0.0) for each in sums) for name in names}
    total = sum(times.values())
    return tuple(LayerShare(name, time, time / total if total else 0.0) for name, time in times.items())


def slowest(layers: Iterable[LayerShare], count: int = 10) -> list[LayerShare]:
    """The layers that cost most, the dearest first."""
    return sorted(layers, key=lambda each: -each.milliseconds)[:count]


def write_profile(path: Path, layers: Iterable[LayerShare]) -> None:
    """Write the layers as CSV: `layer,milliseconds,share`.

    Raises:
        ModelError: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *_rows(layers)])
    except OSError as error:
        raise ModelError(f"expected to write {path}, but: {error}", remedy="name another file") from error


def _rows(layers: Iterable[LayerShare]) -> Iterator[tuple[str, str, str]]:
    for each in layers:
        yield each.layer, f"{each.milliseconds:.6f}", f"{each.share:.6f}"


def _sums(run: Iterable[LayerTime]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for each in run:
        sums[each.layer] = sums.get(each.layer, 0.0) + each.milliseconds
    return sums
