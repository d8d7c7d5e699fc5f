"""Convolutions in the order of the forward pass: those of an ONNX file, and those of a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn


def convolutions_of(path: Path) -> list[tuple[Tensor, Tensor]]:
    """Kernel and bias of each convolution of an ONNX file that stores both; equal ones may be stored once."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: torch.from_numpy(np.array(numpy_helper.to_array(tensor))) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in stored:
            stored[node.output[0]] = stored[node.input[0]]
    inputs = [node.input[1:] for node in graph.node if node.op_type == "Conv"]
    return [(stored[each[0]], stored[each[1]]) for each in inputs if len(each) == 2 and set(each) <= stored.keys()]


def in_call_order(network: nn.Module, *kinds: type[nn.Module]) -> list[nn.Module]:
    """The modules of some kinds in the order in which the network calls them for a picture of 64 x 64."""
    called: list[nn.Module] = []
    hooks = [
        module.register_forward_hook(lambda module, *_: called.append(module))
        for module in network.modules()
        if isinstance(module, kinds)
    ]
    with torch.inference_mode():
        network(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    return called


def fold_focus(weight: Tensor) -> Tensor:
    """The 3 x 3 weights (o, 12, 3, 3) after Focus as one 6 x 6 kernel of stride 2, (o, 3, 6, 6).

    Focus stacks the even-even, odd-even, even-odd and odd-odd (row, column) pixels as four groups of three channels.
    """
    folded = weight.new_zeros(len(weight), 3, 6, 6)
    for group, (row, column) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        folded[:, :, row::2, column::2] = weight[:, 3 * group : 3 * group + 3]
    return folded
