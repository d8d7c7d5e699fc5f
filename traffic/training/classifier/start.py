"""The starting weights: the backbone of the published COCO YOLOX-Nano, its activation changed to Hardswish."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from traffic.errors import ModelError
from traffic.training.classifier.network import EPSILON, Backbone, Block
from traffic.training.convolutions import convolutions_of, fold_focus


def start_from_coco(backbone: Backbone, path: Path, batches: Sequence[Tensor]) -> None:
    """Fill a backbone with the first convolutions of a fused ONNX file of YOLOX-Nano.

    Args:
        backbone: changed in place.
        path: the published file; its convolutions stand in the order of the forward pass.
        batches: pictures (n, 3, h, w) BGR 0..255 whose statistics the normalisation takes.

    Raises:
        ModelError: the file's first convolutions are not those of the backbone.
    """
    blocks = list(backbone.blocks())
    for block, (weight, bias) in zip(blocks, _first_convolutions(path, len(blocks)), strict=True):
        folded = fold_focus(weight) if weight.shape[1:] == (12, 3, 3) else weight
        if folded.shape != block.conv.weight.shape:
            raise ModelError(
                f"{path}: expected a convolution of {tuple(block.conv.weight.shape)}, got {tuple(folded.shape)}",
                remedy="give yolox_nano.onnx",
            )
        _fill(block, folded, bias)
    _normalise(backbone, batches)


def _first_convolutions(path: Path, count: int) -> list[tuple[Tensor, Tensor]]:
    first = convolutions_of(path)[:count]
    if len(first) < count:
        raise ModelError(f"{path}: expected {count} convolutions, got {len(first)}", remedy="give yolox_nano.onnx")
    return first


def _fill(block: Block, weight: Tensor, bias: Tensor) -> None:
    """The fused weights, behind them a normalisation that only adds the bias."""
    block.conv.weight.data = weight
    norm = block.norm
    norm.running_mean, norm.running_var = torch.zeros_like(bias), torch.full_like(bias, 1 - EPSILON)
    norm.weight.data, norm.bias.data = torch.ones_like(bias), bias


def _normalise(backbone: Backbone, batches: Sequence[Tensor]) -> None:
    """Give the normalisations the statistics of `batches` without changing what the network computes."""
    backbone.eval()
    moments: dict[Block, list[Tensor]] = {block: [] for block in backbone.blocks()}
    hooks = [
        block.conv.register_forward_hook(lambda _m, _i, output, taken=taken: taken.append(_moments(output)))
        for block, taken in moments.items()
    ]
    with torch.no_grad():
        for batch in batches:
            backbone(batch)
    for hook in hooks:
        hook.remove()
    for block, taken in moments.items():
        mean, square = torch.stack(taken).mean(dim=0)
        _take_statistics(block, mean, (square - mean.square()).clamp(min=1e-6))


def _moments(output: Tensor) -> Tensor:
    return torch.stack([output.mean((0, 2, 3)), output.square().mean((0, 2, 3))])


def _take_statistics(block: Block, mean: Tensor, variance: Tensor) -> None:
    norm = block.norm
    norm.running_mean, norm.running_var = mean, variance
    norm.weight.data = torch.sqrt(variance + EPSILON)
    norm.bias.data = norm.bias.data + mean
