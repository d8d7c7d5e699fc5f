"""`traffic models build`: from a model to an engine for this machine's GPU."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from traffic.cli.output import remark
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import EnginePrecision
from traffic.inference.model_card import load_any_card, verified_model_path

if TYPE_CHECKING:
    from traffic.inference.tensorrt_build import BuiltEngine

PRECISIONS = get_args(EnginePrecision)
MEGABYTE = 1_000_000


def _precision(text: str) -> str:
    if text not in PRECISIONS:
        raise typer.BadParameter(f"expected one of {', '.join(PRECISIONS)}, got {text!r}")
    return text


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise typer.BadParameter(f"expected WIDTHxHEIGHT like 640x384, got {text!r}")
    return int(width), int(height)


def build(
    card: Annotated[Path, typer.Argument(metavar="CARD", help="The model's card, like engines/vehicle_detector.yaml.")],
    size: Annotated[
        str | None,
        typer.Option(metavar="WIDTHxHEIGHT", help="Of its input; the card's if none."),
    ] = None,
    precision: Annotated[
        str, typer.Option(parser=_precision, metavar="P", help=f"One of {', '.join(PRECISIONS)}.")
    ] = "f16",
    batch: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Pictures of one inference.")] = 4,
    plugin: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The library with the TrafficMish plugin; none: without.")
    ] = None,
    dla: Annotated[
        int | None, typer.Option(min=0, max=1, metavar="CORE", help="A Jetson's accelerator; the GPU does the rest.")
    ] = None,
    workspace: Annotated[int, typer.Option(min=16, metavar="MIB", help="Memory that one layer may need.")] = 1024,
    timing_cache: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What earlier builds measured; read and written.")
    ] = None,
    calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="INT8 ranges for a model without Q/DQ nodes, TensorRT 8 and 10.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the engine goes; beside the model if none.")
    ] = None,
) -> None:
    """Build a TensorRT engine on the machine that will run it; on a Jetson this takes minutes."""
    from traffic.inference.tensorrt_build import BuildOptions, build_engine
    from traffic.training.plugin_nodes import for_tensorrt

    described, model = load_any_card(card), verified_model_path(card)
    settings = InferenceSettings(
        backend="tensorrt", precision=_checked(precision), batch=batch, plugin=plugin, dla_core=dla
    )
    _require_file(plugin, "--plugin")
    _require_file(calibration, "--calibration")
    input_size = described.input.default_size if size is None else _size(size)
    with TemporaryDirectory(prefix="traffic-build-") as folder:
        graph = for_tensorrt(model, Path(folder) / model.name, plugin)
        options = BuildOptions(workspace, graph, timing_cache, calibration)
        _tell(build_engine(model, input_size, settings, options, out or card.parent))


def _checked(precision: str) -> EnginePrecision:
    return next(known for known in PRECISIONS if known == precision)


def _require_file(path: Path | None, option: str) -> None:
    if path is not None and not path.is_file():
        raise ModelError(f"{option}: expected a file at {path}, found none", remedy="name one that is there")


def _tell(built: BuiltEngine) -> None:
    remark(f"{built.path}: {built.path.stat().st_size / MEGABYTE:.1f} MB")
    remark("run on it with inference: {backend: tensorrt" + f", precision: {built.identity.precision}" + "}")
