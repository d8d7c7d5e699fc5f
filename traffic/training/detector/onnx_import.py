"""Weights from a fused ONNX file into our network: the published COCO ones, or our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from traffic.errors import ModelError
from traffic.evaluation.detectors import COCO_COLUMNS
from traffic.training.convolutions import convolutions_of, fold_focus, in_call_order
from traffic.training.detector.network import SIZES, Activation, SizeName, Yolox

COCO_CLASSES = 80
_STARTS: dict[str, tuple[Sequence[str], float]] = {
    "car": (("car",), 0.0),
    "van": (("car", "truck"), -1.0),  # COCO has no van; it calls them car or truck
    "bus": (("bus",), 0.0),
    "truck": (("truck",), 0.0),
    "motorcycle": (("motorcycle",), 0.0),
}


def load_coco(path: Path) -> Yolox:
    """The COCO network with SiLU, in evaluation mode; see load_network."""
    return load_network(path, COCO_CLASSES, nn.SiLU)


def load_network(path: Path, classes: int, activation: Activation) -> Yolox:
    """A network with the weights of an ONNX file of YOLOX-Nano, -Tiny or -S, fused, in evaluation mode.

    The file's convolutions stand in the order in which the network calls its own. A first one that follows Focus is
    folded with it.

    Args:
        path: the ONNX file, published or ours.
        classes: how many the file's network has.
        activation: of the file's network.

    Raises:
        ModelError: the file's convolutions are not those of such a network.
    """
    weights = convolutions_of(path)
    network = Yolox(classes, activation, _size(weights[0][0], path)).eval()
    convolutions = [layer for layer in in_call_order(network, nn.Conv2d) if isinstance(layer, nn.Conv2d)]
    if len(weights) != len(convolutions):
        raise ModelError(
            f"{path}: expected {len(convolutions)} convolutions, got {len(weights)}", remedy="give yolox_nano.onnx"
        )
    for convolution, (weight, bias) in zip(convolutions, weights, strict=True):
        _fill(convolution, fold_focus(weight) if weight.shape[1:] == (12, 3, 3) else weight, bias, path)
    return network


def start_from_coco(coco: Yolox, classes: Sequence[str]) -> Yolox:
    """A network for our classes: COCO's weights, its class rows chosen or, for vans, averaged and held back."""
    network = Yolox(len(classes), nn.SiLU, coco.size).eval()
    state = coco.state_dict()
    for name, value in network.state_dict().items():
        if name.endswith(("classes.weight", "classes.bias")):
            rows = [_class_row(state[name], class_name) for class_name in classes]
            offsets = torch.tensor([_STARTS[class_name][1] for class_name in classes])
            state[name] = torch.stack(rows) + (offsets if value.ndim == 1 else 0)
    network.load_state_dict(state)
    return network


def _size(stem: Tensor, path: Path) -> SizeName:
    sizes: dict[int, SizeName] = {size.channels: name for name, size in SIZES.items()}
    if len(stem) not in sizes:
        raise ModelError(
            f"{path}: expected a stem of {sorted(sizes)} channels, got {len(stem)}",
            remedy="give a YOLOX of size " + ", ".join(SIZES),
        )
    return sizes[len(stem)]


def _class_row(values: Tensor, class_name: str) -> Tensor:
    sources = [COCO_COLUMNS[source] for source in _STARTS[class_name][0]]
    return values[sources].mean(dim=0)


def _fill(convolution: nn.Conv2d, weight: Tensor, bias: Tensor, path: Path) -> None:
    if convolution.weight.shape != weight.shape:
        raise ModelError(
            f"{path}: expected a convolution of {tuple(convolution.weight.shape)}, got {tuple(weight.shape)}",
            remedy="give yolox_nano.onnx",
        )
    convolution.weight.data = weight
    convolution.bias = nn.Parameter(bias)
