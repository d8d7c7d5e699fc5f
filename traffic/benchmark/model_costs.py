"""What a model costs: parameters, operations, and milliseconds a picture on each backend of the CPU."""

from __future__ import annotations

import importlib.util
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from traffic.benchmark.frame_work import network_work
from traffic.benchmark.lap import MILLISECONDS, Stopwatch
from traffic.datatypes import UInt8Array
from traffic.errors import ModelError
from traffic.inference.engine import Engine, InferenceSettings
from traffic.inference.model_card import load_any_card, verified_model_path
from traffic.models import open_engine

WARM_UP_CALLS = 5
FLOATING = frozenset({onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE})
ROUNDING = frozenset({"QuantizeLinear", "DequantizeLinear"})
COUNTED = ("convolutions", "products")
"""What is counted of a network's work, by the last word of its name: activations are not, as everybody does it."""


@dataclass(frozen=True, slots=True)
class EngineCall:
    """Medians of one engine over calls with as many pictures as threads, milliseconds a picture.

    Attributes:
        engine: backend and precision.
        wall_ms, cpu_ms: a picture; the CPU's of all threads.
    """

    engine: str
    wall_ms: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class ModelCost:
    """One model.

    Attributes:
        name: its card's file name.
        input_size: (width, height), the card's default.
        parameters: learned values.
        mflop: millions of operations a picture in convolutions and products; a multiplication and an addition are two.
        calls: on each engine.
    """

    name: str
    input_size: tuple[int, int]
    parameters: int
    mflop: float
    calls: tuple[EngineCall, ...]


def model_cost(card_path: Path, engines: Mapping[str, InferenceSettings], calls: int) -> ModelCost:
    """Count a card's model, and time it on engines at the card's default size.

    Args:
        card_path: the card.
        engines: by name.
        calls: how many count, after WARM_UP_CALLS that do not.

    Raises:
        ModelError: the card or its model is missing or altered, or an engine refuses it.
    """
    card, path = load_any_card(card_path), verified_model_path(card_path)
    size, model = card.input.default_size, onnx.load(path)
    times = tuple(_timed(name, path, size, settings, calls) for name, settings in engines.items())
    return ModelCost(card_path.stem, size, parameters(model), operations(model, size) / 1e6, times)


def parameters(model: onnx.ModelProto) -> int:
    """All learned values: floating constants of more than one value, and rounded ones; what they are rounded by is none
    of them.
    """
    rounding = [node for node in model.graph.node if node.op_type in ROUNDING]
    scales = {name for node in rounding for name in node.input[1:]}
    rounded = {node.input[0] for node in rounding}
    counted = [
        math.prod(each.dims)
        for each in model.graph.initializer
        if each.name not in scales and (each.data_type in FLOATING or each.name in rounded)
    ]
    return sum(count for count in counted if count > 1)


def operations(model: onnx.ModelProto, size: tuple[int, int]) -> float:
    """Operations of convolutions and products for one picture of a size (width, height)."""
    counted = [work for work in network_work(model, size, 1) if work.name.split()[-1] in COUNTED]
    return sum(work.dense_flop + work.other_flop for work in counted)


def installed_engines(threads: int) -> Iterator[tuple[str, InferenceSettings]]:
    """OpenVINO in each precision that the CPU computes itself, and ONNX Runtime: those that are installed.

    Raises:
        ModelError: none is.
    """
    backends = [name for name in ("openvino", "onnxruntime") if importlib.util.find_spec(name) is not None]
    if not backends:
        raise ModelError("expected a backend to time, found none installed", remedy="pip install 'traffic[openvino]'")
    if "openvino" in backends:
        import openvino

        if "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            yield "OpenVINO bf16", InferenceSettings(precision="bf16", threads=threads)
        yield "OpenVINO f32", InferenceSettings(precision="f32", threads=threads)
    if "onnxruntime" in backends:
        yield "ONNX Runtime f32", InferenceSettings(backend="onnxruntime", threads=threads)


def _timed(name: str, path: Path, size: tuple[int, int], settings: InferenceSettings, calls: int) -> EngineCall:
    pictures = np.random.default_rng(0).integers(0, 256, (max(1, settings.threads), size[1], size[0], 3), np.uint8)
    with open_engine(path, size, settings) as engine:
        times = [_call(engine, pictures) for _ in range(WARM_UP_CALLS + calls)][WARM_UP_CALLS:]
    return EngineCall(name, *(_median_ms(column, len(pictures)) for column in zip(*times, strict=True)))


def _call(engine: Engine, pictures: UInt8Array) -> tuple[float, float]:
    watch = Stopwatch()
    engine.infer(pictures)
    return watch.elapsed_s()


def _median_ms(seconds: Sequence[float], pictures: int) -> float:
    return MILLISECONDS * statistics.median(seconds) / pictures
