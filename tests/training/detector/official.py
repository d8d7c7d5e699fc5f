"""The published YOLOX by its own names, written down from its paper's code layout: the oracle of the name mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Convolution:
    """One convolution in the order in which the published network calls it."""

    name: str
    inside: int
    outside: int
    kernel: int
    groups: int = 1
    is_prediction: bool = False

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self.outside, self.inside // self.groups, self.kernel, self.kernel


def convolutions(width: int, depthwise: bool, classes: int) -> list[Convolution]:
    """Of a network whose stem gives `width` channels."""
    return [*_backbone(width, depthwise), *_neck(width, depthwise), *_head(width, depthwise, classes)]


def state(every: list[Convolution], seed: int = 0) -> dict[str, Tensor]:
    """A checkpoint's `model`, its values random."""
    generator = torch.Generator().manual_seed(seed)
    values: dict[str, Tensor] = {}
    for each in every:
        weight = torch.randn(each.shape, generator=generator) / (each.inside * each.kernel**2 / each.groups) ** 0.5
        if each.is_prediction:
            values |= {f"{each.name}.weight": weight, f"{each.name}.bias": torch.randn(each.outside)}
            continue
        values |= {
            f"{each.name}.conv.weight": weight,
            f"{each.name}.bn.weight": torch.rand(each.outside, generator=generator) + 0.5,
            f"{each.name}.bn.bias": torch.randn(each.outside, generator=generator),
            f"{each.name}.bn.running_mean": torch.randn(each.outside, generator=generator),
            f"{each.name}.bn.running_var": torch.rand(each.outside, generator=generator) + 0.5,
            f"{each.name}.bn.num_batches_tracked": torch.tensor(7),
        }
    return values


def _spatial(name: str, inside: int, outside: int, depthwise: bool) -> Iterator[Convolution]:
    if depthwise:
        yield Convolution(f"{name}.dconv", inside, inside, 3, inside)
        yield Convolution(f"{name}.pconv", inside, outside, 1)
    else:
        yield Convolution(name, inside, outside, 3)


def _cross_stage(name: str, inside: int, outside: int, depth: int, depthwise: bool) -> Iterator[Convolution]:
    half = outside // 2
    yield Convolution(f"{name}.conv1", inside, half, 1)
    yield Convolution(f"{name}.conv2", inside, half, 1)
    for number in range(depth):
        yield Convolution(f"{name}.m.{number}.conv1", half, half, 1)
        yield from _spatial(f"{name}.m.{number}.conv2", half, half, depthwise)
    yield Convolution(f"{name}.conv3", outside, outside, 1)


def _backbone(width: int, depthwise: bool) -> Iterator[Convolution]:
    dark = "backbone.backbone.dark"
    yield Convolution("backbone.backbone.stem.conv", 12, width, 3)
    for stage, (inside, depth) in {2: (width, 1), 3: (2 * width, 3), 4: (4 * width, 3)}.items():
        yield from _spatial(f"{dark}{stage}.0", inside, 2 * inside, depthwise)
        yield from _cross_stage(f"{dark}{stage}.1", 2 * inside, 2 * inside, depth, depthwise)
    yield from _spatial(f"{dark}5.0", 8 * width, 16 * width, depthwise)
    yield Convolution(f"{dark}5.1.conv1", 16 * width, 8 * width, 1)
    yield Convolution(f"{dark}5.1.conv2", 32 * width, 16 * width, 1)
    yield from _cross_stage(f"{dark}5.2", 16 * width, 16 * width, 1, depthwise)


def _neck(width: int, depthwise: bool) -> Iterator[Convolution]:
    yield Convolution("backbone.lateral_conv0", 16 * width, 8 * width, 1)
    yield from _cross_stage("backbone.C3_p4", 16 * width, 8 * width, 1, depthwise)
    yield Convolution("backbone.reduce_conv1", 8 * width, 4 * width, 1)
    yield from _cross_stage("backbone.C3_p3", 8 * width, 4 * width, 1, depthwise)
    yield from _spatial("backbone.bu_conv2", 4 * width, 4 * width, depthwise)
    yield from _cross_stage("backbone.C3_n3", 8 * width, 8 * width, 1, depthwise)
    yield from _spatial("backbone.bu_conv1", 8 * width, 8 * width, depthwise)
    yield from _cross_stage("backbone.C3_n4", 16 * width, 16 * width, 1, depthwise)


def _head(width: int, depthwise: bool, classes: int) -> Iterator[Convolution]:
    inside = 4 * width
    for level, channels in enumerate((4 * width, 8 * width, 16 * width)):
        yield Convolution(f"head.stems.{level}", channels, inside, 1)
        for number in range(2):
            yield from _spatial(f"head.cls_convs.{level}.{number}", inside, inside, depthwise)
        yield Convolution(f"head.cls_preds.{level}", inside, classes, 1, is_prediction=True)
        for number in range(2):
            yield from _spatial(f"head.reg_convs.{level}.{number}", inside, inside, depthwise)
        yield Convolution(f"head.reg_preds.{level}", inside, 4, 1, is_prediction=True)
        yield Convolution(f"head.obj_preds.{level}", inside, 1, 1, is_prediction=True)
