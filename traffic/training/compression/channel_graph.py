"""Which channels of a network's convolutions are one and the same, and so can only be taken out together.

A channel is born in a convolution; a depthwise convolution, normalisation, activation, pooling and enlarging hand it
on; a concatenation lines channels up; an addition makes two into one. After Fang et al., "DepGraph: Towards Any
Structural Pruning", arXiv:2301.12900, for the operations of our own network.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional

from traffic.datatypes import Int64Array
from traffic.errors import ModelError


@dataclass
class ChannelGraph:
    """The channels of every convolution.

    Attributes:
        inputs, outputs: convolution name to the ids of its input and output channels.
        fixed: ids that must stay: the picture's planes and the network's outputs.
    """

    inputs: dict[str, Int64Array] = field(default_factory=dict)
    outputs: dict[str, Int64Array] = field(default_factory=dict)
    fixed: set[int] = field(default_factory=set)

    def groups(self) -> list[tuple[str, ...]]:
        """The convolutions that bear the same channels, in the order of their calls; depthwise ones bear none."""
        bearers: dict[frozenset[int], list[str]] = {}
        for name, ids in self.outputs.items():
            if not np.array_equal(ids, self.inputs[name]):
                bearers.setdefault(frozenset(ids.tolist()), []).append(name)
        return [tuple(names) for ids, names in bearers.items() if not ids & self.fixed]


def channel_graph(network: nn.Module) -> ChannelGraph:
    """Follow the channels through a network.

    Args:
        network: of convolutions, batch normalisation and operations that keep channels apart.

    Raises:
        ModelError: it has an operation whose channels are not understood.
    """
    tracer = _Tracer(network)
    tracer.follow()
    return tracer.graph()


class _Tracer:
    def __init__(self, network: nn.Module) -> None:
        self._traced = fx.GraphModule(network, _LeafTracer().trace(network))
        self._modules = dict(self._traced.named_modules())
        self._same: list[int] = []
        self._inputs: dict[str, Int64Array] = {}
        self._outputs: dict[str, Int64Array] = {}
        self._fixed: set[int] = set()

    def follow(self) -> None:
        ids: dict[fx.Node, Int64Array] = {}
        for node in self._traced.graph.nodes:
            ids[node] = self._ids(node, [ids[parent] for parent in node.all_input_nodes])

    def graph(self) -> ChannelGraph:
        def settled(channels: dict[str, Int64Array]) -> dict[str, Int64Array]:
            return {name: np.array([self._root(i) for i in ids], np.int64) for name, ids in channels.items()}

        return ChannelGraph(settled(self._inputs), settled(self._outputs), {self._root(i) for i in self._fixed})

    def _ids(self, node: fx.Node, parents: list[Int64Array]) -> Int64Array:
        if node.op == "placeholder":
            planes = self._born(3)
            self._fixed |= set(planes.tolist())
            return planes
        if node.op == "output":
            self._fixed |= {int(i) for parent in parents for i in parent}
            return parents[0]
        module = self._modules.get(str(node.target)) if node.op == "call_module" else None
        if isinstance(module, nn.Conv2d):
            return self._convolved(str(node.target), module, parents[0])
        if node.target is torch.cat:
            return np.concatenate(parents)
        if node.target is operator.add:
            self._join(*parents)
            return parents[0]
        return self._kept(node, parents)

    def _kept(self, node: fx.Node, parents: list[Int64Array]) -> Int64Array:
        module = self._modules[str(node.target)] if node.op == "call_module" else None
        keeps = node.target in _KEEPING if module is None else _is_channelwise(module)
        if not keeps or len(parents) != 1:
            raise ModelError(
                f"pruning follows channels through a network, but does not know {node.op} {node.target}",
                remedy="teach it to traffic.training.compression.channel_graph",
            )
        return parents[0]

    def _convolved(self, name: str, conv: nn.Conv2d, inputs: Int64Array) -> Int64Array:
        depthwise = conv.groups == conv.in_channels == conv.out_channels and conv.groups > 1
        self._inputs[name] = inputs
        self._outputs[name] = inputs if depthwise else self._born(conv.out_channels)
        return self._outputs[name]

    def _born(self, count: int) -> Int64Array:
        first = len(self._same)
        self._same += range(first, first + count)
        return np.arange(first, first + count)

    def _join(self, left: Int64Array, right: Int64Array) -> None:
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            self._same[self._root(b)] = self._root(a)

    def _root(self, channel: int) -> int:
        while self._same[channel] != channel:
            channel = self._same[channel]
        return channel


class _LeafTracer(fx.Tracer):
    """Convolutions, normalisation and activations are the leaves; the blocks around them are looked into."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:  # noqa: ARG002
        return not any(True for _ in m.children())


def _is_channelwise(module: nn.Module) -> bool:
    return isinstance(module, nn.BatchNorm2d) or not any(True for _ in module.parameters())


_KEEPING = {functional.max_pool2d, functional.interpolate, "flatten", "permute"}
