"""Mish in the form that suits ONNX Runtime, so that the plain loop need not pay for how the model was exported.

Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", arXiv:1908.08681.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import GraphProto, NodeProto, helper, numpy_helper

LARGEST_INPUT, TWO = "mish_largest_input", "mish_two"


def rewrite_mish(source: Path, target: Path) -> int:
    """Write the model with every x * tanh(softplus(x)) as x * n / (n + 2), n = w * (w + 2), w = exp(min(x, 20)).

    The same function: tanh(log(1 + w)) = ((1 + w)^2 - 1) / ((1 + w)^2 + 1). Above 20 the quotient is 1 to the last bit.

    Returns:
        How many were rewritten; `target` is written only if there were any.
    """
    model = onnx.load(str(source))
    graph = model.graph
    found = {product.output[0]: x for product, x in _mishes(graph)}
    if not found:
        return 0
    nodes = [new for node in graph.node for new in _rewritten(node, found)]
    _replace_nodes(graph, nodes)
    graph.initializer.append(numpy_helper.from_array(np.array(20.0, np.float32), LARGEST_INPUT))
    graph.initializer.append(numpy_helper.from_array(np.array(2.0, np.float32), TWO))
    onnx.checker.check_model(model)
    onnx.save(model, str(target))
    return len(found)


def _mishes(graph: GraphProto) -> Iterator[tuple[NodeProto, str]]:
    """Every multiplication that ends a Mish, and the Mish's input."""
    softplus = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Softplus"}
    tanh = {node.output[0]: softplus.get(node.input[0]) for node in graph.node if node.op_type == "Tanh"}
    for node in graph.node:
        if node.op_type == "Mul":
            first, second = node.input
            if tanh.get(second) == first:
                yield node, first
            elif tanh.get(first) == second:
                yield node, second


def _rewritten(node: NodeProto, found: dict[str, str]) -> list[NodeProto]:
    y = node.output[0]
    if y not in found:
        return [node]
    x = found[y]
    capped, w, w_plus_2, n, n_plus_2, quotient = (f"{y}/{part}" for part in ("min", "w", "w2", "n", "n2", "quotient"))
    return [
        helper.make_node("Min", [x, LARGEST_INPUT], [capped]),
        helper.make_node("Exp", [capped], [w]),
        helper.make_node("Add", [w, TWO], [w_plus_2]),
        helper.make_node("Mul", [w, w_plus_2], [n]),
        helper.make_node("Add", [n, TWO], [n_plus_2]),
        helper.make_node("Div", [n, n_plus_2], [quotient]),
        helper.make_node("Mul", [x, quotient], [y]),
    ]


def _replace_nodes(graph: GraphProto, nodes: list[NodeProto]) -> None:
    """Without those whose results nobody takes any more."""
    wanted = {name for node in nodes for name in node.input} | {output.name for output in graph.output}
    nodes = [node for node in nodes if wanted.intersection(node.output)]
    wanted = {name for node in nodes for name in node.input} | {output.name for output in graph.output}
    kept = [node for node in nodes if wanted.intersection(node.output)]
    del graph.node[:]
    graph.node.extend(kept)
