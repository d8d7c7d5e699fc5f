"""From a model to an engine that is fast and good enough: built in a passing folder, measured, and only then kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Literal, Protocol

from traffic.benchmark.calibration_names import require_known
from traffic.benchmark.engine_gate import GateResult, gate, needs_gate, open_reference, over_engine, require_passed
from traffic.errors import ModelError
from traffic.evaluation.detection import Pictures
from traffic.inference.engine import Engine, InferenceSettings
from traffic.inference.engine_file import adopt_engine
from traffic.inference.engine_identity import EngineIdentity, EnginePrecision
from traffic.inference.layer_profile import LayerShare, LayerTime, layer_shares
from traffic.inference.model_card import DetectorCard, ModelCard, verified_model_path
from traffic.inference.quantisation import require_buildable
from traffic.inference.tensorrt_build import BuildOptions, BuiltEngine, build_engine
from traffic.inference.tensorrt_engine import TensorRtEngine, installed_version
from traffic.training.plugin_nodes import for_tensorrt, has_mish

MishForm = Literal["plugin", "decomposed"]
Size = tuple[int, int]
WARM_UP, REPEATS, PROFILED_RUNS = 10, 50, 20


class MeasurableEngine(Engine, Protocol):
    """An engine that can also be timed."""

    def timed_run(self) -> float:
        """Milliseconds of one inference of a full batch, whatever its pictures are, on the device's own clock."""
        ...

    def layer_times(self, runs: int) -> list[list[LayerTime]]:
        """How long each layer takes, run by run."""
        ...

    def __enter__(self) -> MeasurableEngine: ...


class Foundry(Protocol):
    """Builds engines beside a copy of the model, and opens them."""

    def build(self, model: Path, size: Size, settings: InferenceSettings, options: BuildOptions) -> BuiltEngine:
        """Build one in the model's folder."""
        ...

    def open(self, model: Path, size: Size, settings: InferenceSettings) -> MeasurableEngine:
        """Open the one that fits the settings."""
        ...


class TensorRtFoundry:
    """This machine's GPU."""

    def build(self, model: Path, size: Size, settings: InferenceSettings, options: BuildOptions) -> BuiltEngine:
        """See Foundry.build; raises ModelError as build_engine, for_tensorrt and require_known do."""
        graph = model.with_name(f"{model.stem}.graph.onnx")
        for_tensorrt(model, graph, settings.plugin, installed_version())
        if settings.calibration is not None:
            require_known(settings.calibration, graph)
        return build_engine(model, size, settings, replace(options, graph=graph), model.parent)

    def open(self, model: Path, size: Size, settings: InferenceSettings) -> TensorRtEngine:
        """See Foundry.open; raises ModelError as TensorRtEngine does."""
        return TensorRtEngine(model, size, settings)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is to be built.

    Attributes:
        card, model: the model's card, and its ONNX file.
        size: (width, height) of its input.
        settings: precision, batch and accelerator; the plugin, where a form with it is among `forms`.
        forms: of Mish; of several the faster is kept.
        options: for TensorRT.
        out: the folder where the engine goes.
        profile: whether layers are timed.
        check: labelled pictures for the gate; None: there is no gate.
    """

    card: ModelCard
    model: Path
    size: Size
    settings: InferenceSettings
    forms: tuple[MishForm, ...]
    options: BuildOptions
    out: Path
    profile: bool = False
    check: Pictures | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An engine that was kept.

    Attributes:
        path: its file.
        identity: what it is.
        form: of Mish.
        milliseconds: the median inference of each form, where there was a choice, on the device's own clock.
        layers: where they were timed.
        checked: where there was a gate.
        placed: see BuiltEngine.
    """

    path: Path
    identity: EngineIdentity
    form: MishForm
    milliseconds: tuple[tuple[MishForm, float], ...]
    layers: tuple[LayerShare, ...]
    checked: GateResult | None
    placed: tuple[int, int] | None = None


def build_for_device(order: Order, foundry: Foundry) -> Outcome:
    """Build every form, keep the faster, and put it where it stays if it is good enough.

    Raises:
        ModelError: it cannot be built or run, or it lost too much; nothing is left in `order.out` then.
    """
    require_buildable(order.model, order.settings)
    with TemporaryDirectory(prefix="traffic-build-") as folder:
        model = _copied(order.model, Path(folder))
        built = {form: foundry.build(model, order.size, _with(order, form), order.options) for form in order.forms}
        timed = tuple(_timed(order, model, foundry)) if len(built) > 1 else ()
        form = fastest(timed) if timed else order.forms[0]
        checked = _checked(order, model, form, foundry, built[form].identity.precision)
        layers = _layers(order, model, form, foundry) if order.profile else ()
        order.out.mkdir(parents=True, exist_ok=True)
        path = adopt_engine(built[form].path, order.out)
    return Outcome(path, built[form].identity, form, timed, layers, checked, built[form].placed)


def forms_for(mish: Literal["auto", "plugin", "decomposed"], model: Path, plugin: Path | None) -> tuple[MishForm, ...]:
    """The forms of Mish to build; a model without Mish is built without the plugin, as runs ask for it.

    Raises:
        ModelError: the plugin is asked for, and no library is given; or the model is none.
    """
    if mish == "decomposed" or (plugin is not None and not has_mish(model)):
        return ("decomposed",)
    if plugin is None:
        raise ModelError(f"--mish {mish} needs the library with the plugin", remedy="name it with --plugin FILE")
    return ("plugin", "decomposed") if mish == "auto" else ("plugin",)


def fastest(timed: Sequence[tuple[MishForm, float]]) -> MishForm:
    """The form that takes the fewest milliseconds; the first of equals."""
    return min(timed, key=lambda each: each[1])[0]


def median_milliseconds(timed_run: Callable[[], float]) -> float:
    """How long one run takes, which tells its milliseconds itself: the median of 50 after ten that do not count."""
    for _ in range(WARM_UP):
        timed_run()
    return median(timed_run() for _ in range(REPEATS))


def _copied(model: Path, folder: Path) -> Path:
    """The model in another folder, with the card beside it, which is part of the engine's identity."""
    card = model.with_suffix(".yaml")
    if card.is_file():
        shutil.copy(card, folder)
    return Path(shutil.copy(model, folder))


def _timed(order: Order, model: Path, foundry: Foundry) -> Iterator[tuple[MishForm, float]]:
    for form in order.forms:
        with foundry.open(model, order.size, _with(order, form)) as engine:
            yield form, median_milliseconds(engine.timed_run)


def _checked(
    order: Order, model: Path, form: MishForm, foundry: Foundry, precision: EnginePrecision
) -> GateResult | None:
    card = order.card
    if order.check is None or not isinstance(card, DetectorCard) or not needs_gate(card, precision):
        return None
    with (
        open_reference(_float_model(order, card), card.classes, order.size) as reference,
        over_engine(foundry.open(model, order.size, _with(order, form)), card.classes, order.size) as candidate,
    ):
        result = gate(reference, candidate, order.check, card)
    require_passed(result, precision)
    return result


def _float_model(order: Order, card: DetectorCard) -> Path:
    """The model itself, or the one that it was quantised from."""
    return order.model if card.quantised_from is None else verified_model_path(order.model.parent / card.quantised_from)


def _layers(order: Order, model: Path, form: MishForm, foundry: Foundry) -> tuple[LayerShare, ...]:
    settings = _with(order, form).model_copy(update={"graph": False})
    with foundry.open(model, order.size, settings) as engine:
        return layer_shares(engine.layer_times(PROFILED_RUNS))


def _with(order: Order, form: MishForm) -> InferenceSettings:
    return order.settings if form == "plugin" else order.settings.model_copy(update={"plugin": None})
