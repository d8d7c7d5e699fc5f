"""Official YOLOX checkpoints (.pth) into our network, by the official names of their tensors."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from traffic.errors import ModelError
from traffic.training.convolutions import fold_focus
from traffic.training.detector.network import Activation, ConvAct, SizeName, Yolox
from traffic.training.normalization import EPSILON

State = Mapping[str, Tensor]
_PLACES: Mapping[str, str] = {
    "stem": "backbone.backbone.stem.conv",
    "dark2": "backbone.backbone.dark2",
    "dark3": "backbone.backbone.dark3",
    "dark4": "backbone.backbone.dark4",
    "dark5": "backbone.backbone.dark5",
    "lateral5": "backbone.lateral_conv0",
    "up4": "backbone.C3_p4",
    "lateral4": "backbone.reduce_conv1",
    "up3": "backbone.C3_p3",
    "shrink3": "backbone.bu_conv2",
    "down4": "backbone.C3_n3",
    "shrink4": "backbone.bu_conv1",
    "down5": "backbone.C3_n4",
}
"""Our parts' names to the official ones; the heads' follow from HEAD_PARTS."""
_HEAD_PARTS: Mapping[str, str] = {
    "stem": "stems",
    "class_tower": "cls_convs",
    "box_tower": "reg_convs",
    "classes": "cls_preds",
    "box": "reg_preds",
    "objectness": "obj_preds",
}
_CROSS_STAGE_PARTS: Mapping[str, str] = {"main": "conv1", "side": "conv2", "merge": "conv3", "body": "m"}
_POOLING_PARTS: Mapping[str, str] = {"shrink": "conv1", "merge": "conv2"}
_DEPTHWISE_PARTS = ("dconv", "pconv")
_BOTTLENECK_PARTS = ("conv1", "conv2")


def load_checkpoint(path: Path, size: SizeName, activation: Activation = nn.SiLU) -> Yolox:
    """A network with the weights of an official checkpoint, its normalisation fused, in evaluation mode.

    Args:
        path: yolox_nano.pth, yolox_tiny.pth, yolox_s.pth, or one that the official code has trained on other classes.
        size: of the checkpoint's network.
        activation: of the checkpoint's network; the official ones have SiLU.

    Raises:
        ModelError: the file is no checkpoint, or one of another network.
    """
    state = _read(path)
    network = Yolox(_classes(state, path), activation, size).eval()
    for name, module in network.named_modules():
        if isinstance(module, ConvAct):
            _fill(module.conv, _fused(state, official_name(name), module.conv, path), path)
        elif isinstance(module, nn.Conv2d) and name.rpartition(".")[2] in _HEAD_PARTS:
            official = official_name(name)
            _fill(module, (_tensor(state, f"{official}.weight", path), _tensor(state, f"{official}.bias", path)), path)
    return network


def official_name(name: str) -> str:
    """The official name of a convolution with activation, or of a prediction, of ours.

    `dark3.1.body.0.body.1.0` is `backbone.backbone.dark3.1.m.0.conv2.dconv`.
    """
    first, *rest = name.split(".")
    if first == "heads":
        level, part, *rest = rest
        return ".".join([f"head.{_HEAD_PARTS[part]}.{level}", *_tower_parts(rest)])
    return ".".join([_PLACES[first], *_backbone_parts(first, rest)])


def _tower_parts(rest: list[str]) -> Iterator[str]:
    yield from rest[:1]
    yield from (_DEPTHWISE_PARTS[int(part)] for part in rest[1:])


def _backbone_parts(first: str, rest: list[str]) -> Iterator[str]:
    """What follows the place: the number in a stage, the part of a block, the number of a bottleneck and its part."""
    if first.startswith("dark"):
        number, *rest = rest
        yield number
        if first == "dark5" and number == "1":
            yield _POOLING_PARTS[rest[0]]
            return
    yield from _block_parts(rest)


def _block_parts(rest: list[str]) -> Iterator[str]:
    if rest and rest[0] in _CROSS_STAGE_PARTS:
        yield _CROSS_STAGE_PARTS[rest[0]]
        if rest[0] == "body":
            _, number, _, part, *rest = rest
            yield from (number, _BOTTLENECK_PARTS[int(part)])
            rest = ["", *rest]
        rest = rest[1:]
    yield from (_DEPTHWISE_PARTS[int(part)] for part in rest)


def _read(path: Path) -> State:
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        raise ModelError(f"{path}: expected a checkpoint, cannot read it: {error}", remedy=_remedy()) from error
    state = stored.get("model", stored) if isinstance(stored, Mapping) else {}
    return {name: value for name, value in state.items() if isinstance(value, Tensor)}


def _classes(state: State, path: Path) -> int:
    return len(_tensor(state, "head.cls_preds.0.bias", path))


def _tensor(state: State, name: str, path: Path) -> Tensor:
    if name not in state:
        raise ModelError(f"{path}: expected a tensor {name}, got none", remedy=_remedy())
    return state[name].float()


def _fused(state: State, official: str, ours: nn.Conv2d, path: Path) -> tuple[Tensor, Tensor]:
    weight = _tensor(state, f"{official}.conv.weight", path)
    gain, shift, mean, variance = (
        _tensor(state, f"{official}.bn.{part}", path) for part in ("weight", "bias", "running_mean", "running_var")
    )
    if weight.shape[1:] == (12, 3, 3) and ours.kernel_size == (6, 6):
        weight = fold_focus(weight)
    scale = gain / torch.sqrt(variance + EPSILON)
    if len(scale) != len(weight):
        raise ModelError(f"{path}: {official} has {len(weight)} channels and {len(scale)} scales", remedy=_remedy())
    return weight * scale[:, None, None, None], shift - mean * scale


def _fill(convolution: nn.Conv2d, values: tuple[Tensor, Tensor], path: Path) -> None:
    weight, bias = values
    if convolution.weight.shape != weight.shape:
        raise ModelError(
            f"{path}: expected a convolution of {tuple(convolution.weight.shape)}, got {tuple(weight.shape)}",
            remedy="name the size of the checkpoint's network: nano, tiny or s",
        )
    convolution.weight.data = weight
    convolution.bias = nn.Parameter(bias)


def _remedy() -> str:
    return "give an official yolox_nano.pth, yolox_tiny.pth or yolox_s.pth, and its size"
