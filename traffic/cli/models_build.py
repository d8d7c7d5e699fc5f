"""`traffic models build`: from a model to an engine for this machine's GPU."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from traffic.cli.output import print_table, remark
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_identity import EnginePrecision
from traffic.inference.layer_profile import slowest, write_profile
from traffic.inference.model_card import load_any_card, verified_model_path

if TYPE_CHECKING:
    from traffic.benchmark.engine_build import Order, Outcome

Mish = Literal["auto", "plugin", "decomposed"]
PRECISIONS, MISH = get_args(EnginePrecision), get_args(Mish)
MEGABYTE = 1_000_000
LAYER_COLUMNS = ("layer", "ms", "share")
NoCheck = Annotated[bool, typer.Option("--no-check", help="Keep a detector's engine however much precision it loses.")]


def _precision(text: str) -> str:
    return _one_of(PRECISIONS, text)


def _mish(text: str) -> str:
    return _one_of(MISH, text)


def _one_of(known: tuple[str, ...], text: str) -> str:
    if text not in known:
        raise typer.BadParameter(f"expected one of {', '.join(known)}, got {text!r}")
    return text


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise typer.BadParameter(f"expected WIDTHxHEIGHT like 640x384, got {text!r}")
    return int(width), int(height)


def build(
    card: Annotated[Path, typer.Argument(metavar="CARD", help="The model's card, like engines/vehicle_detector.yaml.")],
    *,
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
    mish: Annotated[
        str | None,
        typer.Option(
            parser=_mish,
            metavar="FORM",
            help=f"One of {', '.join(MISH)}; auto, with --plugin, builds both and keeps the faster.",
        ),
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
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Labelled pictures (YOLO) that a detector is checked on; drawn ones if none."
        ),
    ] = None,
    no_check: NoCheck = False,
    profile: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Time every layer; the ten slowest are shown.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the engine goes, and inference.engines; beside the model if none."),
    ] = None,
) -> None:
    """Build a TensorRT engine on the machine that will run it; on a Jetson this takes minutes.

    A detector in less than f32 is compared with its model in f32; one that loses more AP than its card allows is
    refused and not kept.
    """
    require_package("onnx", "pip install 'onnx>=1.17,<2'")
    if not no_check:
        require_package("onnxruntime", "pip install 'onnxruntime>=1.20,<2', or build with --no-check")
    from traffic.benchmark.engine_build import Order, TensorRtFoundry, build_for_device, forms_for
    from traffic.benchmark.engine_gate import check_pictures
    from traffic.inference.tensorrt_build import BuildOptions

    if check is not None and no_check:
        raise typer.BadParameter("--check and --no-check exclude each other")
    described, model = load_any_card(card), verified_model_path(card)
    if calibration is not None and precision != "int8":
        raise typer.BadParameter("--calibration goes with --precision int8")
    for path, option in ((plugin, "--plugin"), (calibration, "--calibration")):
        _require_file(path, option)
    order = Order(
        card=described,
        model=model,
        size=described.input.default_size if size is None else _size(size),
        settings=InferenceSettings(
            backend="tensorrt",
            precision=_checked(precision),
            batch=batch,
            plugin=plugin,
            dla_core=dla,
            calibration=calibration,
        ),
        forms=forms_for(_form(mish, plugin), model, plugin),
        options=BuildOptions(workspace, timing_cache=timing_cache),
        out=out or card.parent,
        profile=profile is not None,
        check=None if no_check else check_pictures(check),
    )
    outcome = build_for_device(order, TensorRtFoundry())
    tell(order, outcome)
    if profile is not None:
        write_profile(profile, outcome.layers)


def require_package(name: str, remedy: str) -> None:
    """Refuse at once what would fail after minutes of building.

    Raises:
        ModelError: there is no such package.
    """
    if find_spec(name) is None:
        raise ModelError(f"building needs the package {name}, which is not installed", remedy=remedy)


def _form(mish: str | None, plugin: Path | None) -> Mish:
    if mish is None:
        return "decomposed" if plugin is None else "auto"
    return next(known for known in MISH if known == mish)


def _checked(precision: str) -> EnginePrecision:
    return next(known for known in PRECISIONS if known == precision)


def _require_file(path: Path | None, option: str) -> None:
    if path is not None and not path.is_file():
        raise ModelError(f"{option}: expected a file at {path}, found none", remedy="name one that is there")


def tell(order: Order, outcome: Outcome) -> None:
    """Say what was kept, why, how good it is, and what to write into config.yaml; show the slowest layers."""
    for form, milliseconds in outcome.milliseconds:
        remark(f"Mish as {form}: {milliseconds:.3f} ms a batch, median")
    remark(_precision_told(order, outcome))
    if outcome.placed is not None:
        taken, left = outcome.placed
        remark(
            f"accelerator {outcome.identity.dla_core}: it can take {taken} of the {taken + left} layers, {left} stay "
            "on the GPU"
        )
    remark(f"{outcome.path}: {outcome.path.stat().st_size / MEGABYTE:.1f} MB")
    if outcome.layers:
        _show_layers(outcome)
    remark(f"run on it with inference: {{{', '.join(_settings(order, outcome))}}}")


def _settings(order: Order, outcome: Outcome) -> Iterator[str]:
    yield f"backend: tensorrt, precision: {outcome.identity.precision}, batch: {outcome.identity.batch}"
    library = order.settings.plugin if outcome.form == "plugin" else None
    yield f"plugin: {library.resolve() if library is not None else 'null'}"
    if outcome.identity.dla_core is not None:
        yield f"dla_core: {outcome.identity.dla_core}"
    if order.settings.calibration is not None:
        yield f"calibration: {order.settings.calibration.resolve()}"
    if order.out.resolve() != order.model.parent.resolve():
        yield f"engines: {order.out.resolve()}"


def _precision_told(order: Order, outcome: Outcome) -> str:
    if outcome.checked is not None:
        result = outcome.checked
        return (
            f"AP {result.candidate_ap:.4f}, in f32 {result.reference_ap:.4f} on the same {result.boxes} vehicles "
            f"(at most {result.allowed_loss:g} may be lost)"
        )
    if order.check is None:
        return "what it finds was not checked: --no-check"
    return "what it finds was not checked: that is done for detectors in less than f32"


def _show_layers(outcome: Outcome) -> None:
    rows = [(each.layer, f"{each.milliseconds:.3f}", f"{100 * each.share:.1f} %") for each in slowest(outcome.layers)]
    print_table("the slowest layers", LAYER_COLUMNS, rows, right=LAYER_COLUMNS[1:])
