"""Mish as one node that TensorRT's plugin takes, and back to plain ONNX.

`python -m traffic.training.plugin_nodes MODEL OUT --mish plugin` writes a model with `TrafficMish` nodes, which the
library of cuda_kernels/plugin runs; `softplus` and `rational` write it in operations that every backend knows.
Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", arXiv:1908.08681.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import onnx
import typer
from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from traffic.errors import ModelError
from traffic.training.tensorrt_operations import LAST_OPSET, unsupported

OPERATION, DOMAIN = "TrafficMish", "traffic"
LARGEST = 20.0
"""Above it tanh(softplus(x)) is 1 to the last bit of float32."""

PlainForm = Literal["softplus", "rational"]


def put_plugin_nodes(model: ModelProto) -> int:
    """Replace every Mish by a TrafficMish node, in place: x * tanh(softplus(x)), x * n / (n + 2) with n = w * (w + 2),
    w = exp(min(x, 20)), and opset 18's Mish.

    Returns:
        How many there were.

    Raises:
        ModelError: the graph has sub-graphs, whose use of the replaced tensors is not looked at.
    """
    graph = model.graph
    _refuse_subgraphs(graph)
    chains = _Chains(graph)
    found = {node.output[0]: x for node in graph.node if (x := chains.mish_input(node)) is not None}
    _set_nodes(graph, [_plugin_node(node, found) for node in graph.node])
    if found:
        _set_domain(model)
    return len(found)


def expand_plugin_nodes(model: ModelProto, form: PlainForm) -> int:
    """Replace every TrafficMish node by plain operations, in place.

    Args:
        model: of put_plugin_nodes.
        form: "softplus", which TensorRT and OpenVINO know; "rational", which is quick on ONNX Runtime, and overflows
            in FP16.

    Returns:
        How many there were.

    Raises:
        ModelError: the rational form is asked for in a model of FP16.
    """
    graph = model.graph
    if form == "rational" and any(tensor.data_type == TensorProto.FLOAT16 for tensor in graph.initializer):
        raise ModelError(
            "the rational form of Mish needs float32, since exp(20) overflows FP16, but the model holds FP16 weights",
            remedy="use the softplus form",
        )
    expand = {"softplus": _softplus_nodes, "rational": _rational_nodes}[form]
    number = sum(_is_plugin(node) for node in graph.node)
    if number and form == "rational":
        for name, value in ((_CAP, LARGEST), (_TWO, 2.0)):
            graph.initializer.append(numpy_helper.from_array(np.array(value, np.float32), name))
    _set_nodes(graph, [new for node in graph.node for new in (expand(node) if _is_plugin(node) else [node])])
    kept = [opset for opset in model.opset_import if opset.domain != DOMAIN]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    return number


_CAP, _TWO = "mish_largest_input", "mish_two"


def for_tensorrt(model: Path, out: Path, plugin: Path | None, version: str | None = None) -> Path:
    """Write a model as TensorRT is to parse it: with plugin nodes for a plugin's library, else with Mish in the
    operations that keep their precision in FP16.

    Args:
        model, out: the ONNX file, and the one to write.
        plugin: the library; None: without.
        version: of the TensorRT that is to parse it, like `8.5.2.2`; the model is checked beforehand for 8.

    Raises:
        ModelError: the file is no ONNX model, or has sub-graphs; or TensorRT 8 would not take it, with every reason.
    """
    loaded = _loaded(model)
    put_plugin_nodes(loaded)
    if plugin is None:
        expand_plugin_nodes(loaded, "softplus")
    if version is not None and version.startswith("8."):
        _require_supported(loaded, model, version)
    onnx.save(loaded, str(out))
    return out


def has_mish(model: Path) -> bool:
    """Whether there is any Mish in a model, so that it matters how it is computed.

    Raises:
        ModelError: see for_tensorrt.
    """
    loaded = _loaded(model)
    return put_plugin_nodes(loaded) > 0 or any(_is_plugin(node) for node in loaded.graph.node)


def _loaded(model: Path) -> ModelProto:
    try:
        return onnx.load(str(model))
    except (OSError, DecodeError) as error:
        raise ModelError(f"expected an ONNX model at {model}, but: {error}", remedy="restore the model file") from error


def _require_supported(loaded: ModelProto, model: Path, version: str) -> None:
    reasons = unsupported(loaded)
    if reasons:
        raise ModelError(
            f"TensorRT {version} would not take {model}: {'; '.join(reasons)}",
            remedy=f"export it anew with opset {LAST_OPSET} at most, with symmetric INT8 where it is quantised",
        )


class _Chains:
    """Who makes which tensor, and which tensors are constant numbers."""

    def __init__(self, graph: GraphProto) -> None:
        self._makers = {name: node for node in graph.node for name in node.output}
        self._numbers = dict(_numbers(graph))

    def mish_input(self, node: NodeProto) -> str | None:
        """The x of the Mish that ends in this node; none if it ends none."""
        if node.op_type == "Mish":
            return str(node.input[0])
        if node.op_type != "Mul":
            return None
        first, second = node.input
        for x, gate in ((first, second), (second, first)):
            if self._is_softplus_gate(gate, x) or self._is_rational_gate(gate, x):
                return str(x)
        return None

    def _is_softplus_gate(self, gate: str, x: str) -> bool:
        return self._inputs(self._first_input(gate, "Tanh"), "Softplus") == [x]

    def _is_rational_gate(self, gate: str, x: str) -> bool:
        match self._inputs(gate, "Div"):
            case [n, below] if self._plus_two(below) == n:
                return self._capped(self._first_input(self._root(n), "Exp")) == x
        return False

    def _root(self, n: str) -> str | None:
        """The w of n = w * (w + 2)."""
        match self._inputs(n, "Mul"):
            case [a, b] if self._plus_two(b) == a:
                return a
            case [a, b] if self._plus_two(a) == b:
                return b
        return None

    def _plus_two(self, name: str) -> str | None:
        match self._inputs(name, "Add"):
            case [a, b] if self._numbers.get(b) == 2.0:
                return a
            case [a, b] if self._numbers.get(a) == 2.0:
                return b
        return None

    def _capped(self, name: str | None) -> str | None:
        """The x of min(x, 20), written as Min or as Clip without a lower bound."""
        match self._inputs(name, "Min") or self._inputs(name, "Clip"):
            case [x, bound] | [x, "", bound] if self._numbers.get(bound) == LARGEST:
                return x
            case [bound, x] if self._numbers.get(bound) == LARGEST:
                return x
        return None

    def _inputs(self, name: str | None, operation: str) -> list[str]:
        maker = self._makers.get(name) if name else None
        return list(maker.input) if maker is not None and maker.op_type == operation else []

    def _first_input(self, name: str | None, operation: str) -> str | None:
        return next(iter(self._inputs(name, operation)), None)


def _numbers(graph: GraphProto) -> Iterator[tuple[str, float]]:
    """Names and values of the constants of a single number."""
    tensors = [(tensor.name, tensor) for tensor in graph.initializer]
    for node in graph.node:
        if node.op_type == "Constant":
            tensors += [(node.output[0], attribute.t) for attribute in node.attribute if attribute.name == "value"]
    for name, tensor in tensors:
        if int(np.prod(tensor.dims)) == 1:
            yield name, float(numpy_helper.to_array(tensor).reshape(()))


def _plugin_node(node: NodeProto, found: dict[str, str]) -> NodeProto:
    y = node.output[0] if node.output else ""
    if y not in found:
        return node
    return helper.make_node(
        OPERATION, [found[y]], [y], name=node.name, domain=DOMAIN, plugin_version="1", plugin_namespace=""
    )


def _is_plugin(node: NodeProto) -> bool:
    return bool(node.op_type == OPERATION)


def _softplus_nodes(node: NodeProto) -> list[NodeProto]:
    x, y = node.input[0], node.output[0]
    return [
        helper.make_node("Softplus", [x], [f"{y}/softplus"]),
        helper.make_node("Tanh", [f"{y}/softplus"], [f"{y}/tanh"]),
        helper.make_node("Mul", [x, f"{y}/tanh"], [y]),
    ]


def _rational_nodes(node: NodeProto) -> list[NodeProto]:
    x, y = node.input[0], node.output[0]
    capped, w, w_plus_2, n, n_plus_2, quotient = (f"{y}/{part}" for part in ("min", "w", "w2", "n", "n2", "quotient"))
    return [
        helper.make_node("Min", [x, _CAP], [capped]),
        helper.make_node("Exp", [capped], [w]),
        helper.make_node("Add", [w, _TWO], [w_plus_2]),
        helper.make_node("Mul", [w, w_plus_2], [n]),
        helper.make_node("Add", [n, _TWO], [n_plus_2]),
        helper.make_node("Div", [n, n_plus_2], [quotient]),
        helper.make_node("Mul", [x, quotient], [y]),
    ]


def _set_nodes(graph: GraphProto, nodes: list[NodeProto]) -> None:
    """Without the nodes and initializers whose results nobody takes any more."""
    wanted = {output.name for output in graph.output}
    kept: list[NodeProto] = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    initializers = [tensor for tensor in graph.initializer if tensor.name in wanted]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(initializers)


def _set_domain(model: ModelProto) -> None:
    if all(opset.domain != DOMAIN for opset in model.opset_import):
        model.opset_import.append(helper.make_opsetid(DOMAIN, 1))


def _refuse_subgraphs(graph: GraphProto) -> None:
    for node in graph.node:
        if any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute):
            raise ModelError(
                f"expected a graph without sub-graphs, but {node.op_type} {node.name!r} has one",
                remedy="export the model without If, Loop and Scan",
            )


def main(
    model: Annotated[Path, typer.Argument(help="an ONNX model with Mish in any form")],
    out: Annotated[Path, typer.Argument(help="the ONNX file to write")],
    mish: Annotated[Literal["plugin", "softplus", "rational"], typer.Option(help="the form of Mish")] = "plugin",
) -> None:
    """Write a model again with Mish in another form."""
    loaded = onnx.load(str(model))
    number = put_plugin_nodes(loaded)
    if number == 0 and not any(_is_plugin(node) for node in loaded.graph.node):
        raise ModelError(f"expected a model with Mish, but {model} has none", remedy="build it as it is")
    if mish != "plugin":
        number = expand_plugin_nodes(loaded, mish)
    onnx.checker.check_model(loaded)
    onnx.save(loaded, str(out))
    typer.echo(f"{out}: {number} Mish as {mish}")


if __name__ == "__main__":
    typer.run(main)
