"""How fast a frame could be on a device that reaches its limits, on paper: bytes and operations, never a measurement.

`python -m traffic.benchmark.roofline engines/vehicle_detector.onnx` prints the table of docs/performance.md.
Williams, Waterman and Patterson, "Roofline: an insightful visual performance model", 2009.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import onnx
import typer

from traffic.benchmark.frame_work import XAVIER_NX, Device, Work, kernel_work, network_work, plugin_work
from traffic.benchmark.looks_work import looks_work
from traffic.errors import ModelError

MILLISECONDS = 1e3
FRAME_S = 1 / 30
ALL = "all, one after the other"
LEFT = "left for all that is slower than its bound, the CPU's stages beside it"


def table(work: Sequence[Work], device: Device, frame_s: float = FRAME_S) -> Iterator[str]:
    """The parts, their sum, and what is left of a frame's time, as lines of Markdown."""
    yield f"| on paper, {device.name} | MB | MFLOP | least ms | of a frame's {frame_s * MILLISECONDS:.1f} ms |"
    yield "|---|---|---|---|---|"
    for each in work:
        yield f"| {each.name} | {_figures(each, each.least_s(device), frame_s)} |"
    whole = sum(work, Work(ALL, 0.0))
    least_s = sum(each.least_s(device) for each in work)
    yield f"| {whole.name} | {_figures(whole, least_s, frame_s)} |"
    left_s = frame_s - least_s
    yield f"| {LEFT} | | | {left_s * MILLISECONDS:.2f} | {100 * left_s / frame_s:.1f} % |"


def _figures(work: Work, least_s: float, frame_s: float) -> str:
    flop = work.dense_flop + work.other_flop
    return f"{work.bytes / 1e6:.1f} | {flop / 1e6:.0f} | {least_s * MILLISECONDS:.2f} | {100 * least_s / frame_s:.1f} %"


def main(
    model: Annotated[Path, typer.Argument(help="the ONNX file")],
    width: Annotated[int, typer.Option(help="of the network's input")] = 640,
    height: Annotated[int, typer.Option(help="of the network's input")] = 384,
    value_bytes: Annotated[int, typer.Option(min=1, max=4, help="2: half precision, 1: INT8")] = 2,
    looks: Annotated[int, typer.Option(min=0, max=16, help="vehicles of the frame that are looked at")] = 4,
    *,
    plugin: Annotated[bool, typer.Option(help="Mish is a plugin's kernel, not within the convolutions")] = True,
) -> None:
    """What a frame of 1920x1080 needs, and the milliseconds that follow from a Jetson Xavier NX's limits.

    The vehicles are looked at by the classifier and the plate models beside MODEL.
    """
    if not model.is_file():
        raise ModelError(f"expected an ONNX file at {model}, found none", remedy="name one of engines/")
    loaded = onnx.load(model)
    anchors = sum((width // stride) * (height // stride) for stride in (8, 16, 32))
    kernels = kernel_work((1920, 1080), (width, height), anchors, 10)
    looking = looks_work(model.parent, looks) if looks else ()
    mish = (plugin_work(loaded, (width, height), value_bytes),) if plugin else ()
    for line in table((*kernels, *network_work(loaded, (width, height), value_bytes), *mish, *looking), XAVIER_NX):
        typer.echo(line)


if __name__ == "__main__":
    typer.run(main)
