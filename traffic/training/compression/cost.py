"""What a network costs: parameters, operations, and milliseconds of the CPU a picture in OpenVINO."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from traffic.inference.engine import InferenceSettings
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.training.detector.network import Yolox
from traffic.training.recipe_file import InputSize

WARM_UP, RUNS = 5, 30


@dataclass(frozen=True, slots=True)
class Cost:
    """Parameters, millions of operations a picture (a multiplication and an addition are two), CPU milliseconds."""

    parameters: int
    mflop: float
    milliseconds: float


def cost(network: Yolox, model: Path, size: InputSize, inference: InferenceSettings) -> Cost:
    """Count a network and time its exported file.

    Args:
        network: fused.
        model: its ONNX file.
        size: input (width, height).
        inference: precision and threads.
    """
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Cost(parameters, operations(network, size) / 1e6, milliseconds(model, size, inference))


def operations(network: nn.Module, size: InputSize) -> int:
    """Operations of all convolutions for one picture of a size (width, height)."""
    counted: list[int] = []

    def count(module: nn.Module, _inputs: object, output: Tensor) -> None:
        if isinstance(module, nn.Conv2d):
            counted.append(2 * output[0].numel() * module.weight[0].numel())

    hooks = [module.register_forward_hook(count) for module in network.modules() if isinstance(module, nn.Conv2d)]
    with torch.inference_mode():
        network(torch.zeros(1, 3, size[1], size[0]))
    for hook in hooks:
        hook.remove()
    return sum(counted)


def milliseconds(model: Path, size: InputSize, inference: InferenceSettings) -> float:
    """The CPU time of a picture, the median of RUNS one at a time: other work on the machine does not count."""
    image = np.random.default_rng(0).integers(0, 256, (1, size[1], size[0], 3), np.uint8)
    times = []
    with OpenVinoEngine(model, size, inference) as engine:
        for _ in range(WARM_UP + RUNS):
            started = time.process_time()
            engine.infer(image)
            times.append(time.process_time() - started)
    return 1000 * float(np.median(times[WARM_UP:]))
