"""Taking whole channels out of a network, which leaves a narrower one of the same shape.

Li et al., "Pruning Filters for Efficient ConvNets", arXiv:1608.08710 (the absolute sum of a kernel); Liu et al.,
"Learning Efficient Convolutional Networks through Network Slimming", arXiv:1708.06519 (the scale of a normalisation).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from traffic.datatypes import Float64Array, Int64Array
from traffic.evaluation.labelled_images import BoolArray
from traffic.training.compression.channel_graph import ChannelGraph, channel_graph
from traffic.training.detector.network import ConvAct, Yolox

Criterion = Literal["l1", "scale"]


def pruned(network: Yolox, ratio: float, criterion: Criterion, multiple: int) -> Yolox:
    """A copy without the weakest channels of every set of convolutions that share theirs.

    Args:
        network: fused, or with its normalisation.
        ratio: the share of each set's channels to take out, 0 to 1.
        criterion: what makes a channel weak; `scale` needs the normalisation.
        multiple: every set keeps a multiple of this many channels, at least one.
    """
    graph = channel_graph(network)
    removed: set[int] = set()
    for names in graph.groups():
        ids = graph.outputs[names[0]]
        worth = sum(_worth(network, name, criterion) for name in names)
        removed |= set(ids[_weakest(np.asarray(worth), ratio, multiple)].tolist())
    return without_channels(network, graph, removed)


def without_channels(network: Yolox, graph: ChannelGraph, removed: set[int]) -> Yolox:
    """A copy without these channels.

    Args:
        network: changed nowhere.
        graph: its channels.
        removed: ids of channels, none of them fixed.
    """
    network = copy.deepcopy(network)
    modules = dict(network.named_modules())
    for name, conv in modules.items():
        if isinstance(conv, nn.Conv2d):
            stays_in, stays_out = (_stays(ids[name], removed) for ids in (graph.inputs, graph.outputs))
            _narrow(conv, stays_in, stays_out)
            block = modules[name.rpartition(".")[0]]
            if isinstance(block, ConvAct) and isinstance(block.norm, nn.BatchNorm2d):
                _narrow_norm(block.norm, stays_out)
    return network


def _weakest(worth: Float64Array, ratio: float, multiple: int) -> Int64Array:
    kept = max(multiple, round(len(worth) * (1 - ratio) / multiple) * multiple)
    return np.argsort(worth, kind="stable")[: max(0, len(worth) - kept)]


def _worth(network: Yolox, name: str, criterion: Criterion) -> Float64Array:
    """(channels,), 1 on the average of the layer, so that layers that share channels have the same say."""
    modules = dict(network.named_modules())
    conv, block = modules[name], modules[name.rpartition(".")[0]]
    values: Tensor = conv.weight.detach().abs().sum(dim=(1, 2, 3))  # type: ignore[union-attr, operator]
    if criterion == "scale" and isinstance(block, ConvAct) and isinstance(block.norm, nn.BatchNorm2d):
        values = block.norm.weight.detach().abs()
    worth: Float64Array = (values / values.mean().clamp(min=1e-12)).double().numpy()
    return worth


def _stays(ids: Int64Array, removed: set[int]) -> BoolArray:
    return np.array([channel not in removed for channel in ids.tolist()], np.bool_)


def _narrow(conv: nn.Conv2d, stays_in: BoolArray, stays_out: BoolArray) -> None:
    weight = conv.weight.data[torch.from_numpy(stays_out)]
    if conv.groups == 1:
        weight = weight[:, torch.from_numpy(stays_in)]
    else:
        conv.groups = int(stays_out.sum())
    conv.weight = nn.Parameter(weight.clone())
    if conv.bias is not None:
        conv.bias = nn.Parameter(conv.bias.data[torch.from_numpy(stays_out)].clone())
    conv.in_channels, conv.out_channels = int(stays_in.sum()), int(stays_out.sum())


def _narrow_norm(norm: nn.BatchNorm2d, stays: BoolArray) -> None:
    kept = torch.from_numpy(stays)
    norm.weight, norm.bias = nn.Parameter(norm.weight.data[kept]), nn.Parameter(norm.bias.data[kept])
    if norm.running_mean is not None and norm.running_var is not None:
        norm.running_mean, norm.running_var = norm.running_mean[kept], norm.running_var[kept]
    norm.num_features = int(stays.sum())


def widths(network: Yolox) -> Mapping[str, int]:
    """Convolution name to its output channels."""
    return {name: module.out_channels for name, module in network.named_modules() if isinstance(module, nn.Conv2d)}
