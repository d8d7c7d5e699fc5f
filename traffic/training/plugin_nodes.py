"""Mish as one node that TensorRT's plugin takes, and back to plain ONNX.

`python -m traffic.training.plugin_nodes MODEL OUT --mish plugin` writes a model with `TrafficMish` nodes, which the
library of cuda_kernels/plugin runs; `softplus` and `rational` write it in operations that every backend knows.
Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", arXiv:1908.08681.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import onnx
import onnx_graphsurgeon as gs
import typer
from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto

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
    graph = gs.import_onnx(model)
    _refuse_subgraphs(graph)
    found = [(node, x) for node in graph.nodes if (x := _mish_input(node)) is not None]
    for node, x in found:
        y = _take_output(node)
        attributes = {"plugin_version": "1", "plugin_namespace": ""}
        graph.nodes.append(gs.Node(OPERATION, node.name, attributes, [x], [y], domain=DOMAIN))
    _put_back(graph, model)
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
    if form == "rational" and any(tensor.data_type == TensorProto.FLOAT16 for tensor in model.graph.initializer):
        raise ModelError(
            "the rational form of Mish needs float32, since exp(20) overflows FP16, but the model holds FP16 weights",
            remedy="use the softplus form",
        )
    graph = gs.import_onnx(model)
    expand = {"softplus": _put_softplus, "rational": _put_rational}[form]
    found = [node for node in graph.nodes if node.op == OPERATION]
    for node in found:
        expand(graph, node.inputs[0], _take_output(node))
    _put_back(graph, model)
    return len(found)


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
    return put_plugin_nodes(loaded) > 0 or _has_plugin_nodes(loaded)


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


def _mish_input(node: gs.Node) -> gs.Tensor | None:
    """The x of the Mish that ends in this node; none if it ends none."""
    if node.op == "Mish":
        return node.inputs[0]
    if node.op != "Mul":
        return None
    first, second = node.inputs
    for x, gate in ((first, second), (second, first)):
        if _is_softplus_gate(gate, x) or _is_rational_gate(gate, x):
            return x
    return None


def _is_softplus_gate(gate: gs.Tensor, x: gs.Tensor) -> bool:
    tanh = _inputs(gate, "Tanh")
    return bool(tanh) and _same(_inputs(tanh[0], "Softplus"), [x])


def _is_rational_gate(gate: gs.Tensor, x: gs.Tensor) -> bool:
    match _inputs(gate, "Div"):
        case [n, below] if _plus_two(below) is n:
            exponent = _inputs(_root(n), "Exp")
            return bool(exponent) and _capped(exponent[0]) is x
    return False


def _root(n: gs.Tensor) -> gs.Tensor | None:
    """The w of n = w * (w + 2)."""
    match _inputs(n, "Mul"):
        case [a, b] if _plus_two(b) is a:
            return a
        case [a, b] if _plus_two(a) is b:
            return b
    return None


def _plus_two(tensor: gs.Tensor) -> gs.Tensor | None:
    match _inputs(tensor, "Add"):
        case [a, b] if _number(b) == 2.0:
            return a
        case [a, b] if _number(a) == 2.0:
            return b
    return None


def _capped(tensor: gs.Tensor) -> gs.Tensor | None:
    """The x of min(x, 20), written as Min or as Clip without a lower bound."""
    match [part for part in _inputs(tensor, "Min") or _inputs(tensor, "Clip") if not part.is_empty()]:
        case [x, bound] if _number(bound) == LARGEST and not _is_lower_bound(tensor, bound):
            return x
        case [bound, x] if _number(bound) == LARGEST and _inputs(tensor, "Min"):
            return x
    return None


def _is_lower_bound(tensor: gs.Tensor, bound: gs.Tensor) -> bool:
    clip = _inputs(tensor, "Clip")
    return len(clip) > 1 and clip[1] is bound


def _inputs(tensor: gs.Tensor | None, operation: str) -> Sequence[gs.Tensor]:
    """What the operation takes that makes this tensor; nothing where another one does."""
    makers = [] if tensor is None else tensor.inputs
    return list(makers[0].inputs) if makers and makers[0].op == operation else []


def _same(tensors: Sequence[gs.Tensor], others: Sequence[gs.Tensor]) -> bool:
    return len(tensors) == len(others) and all(a is b for a, b in zip(tensors, others, strict=True))


def _number(tensor: gs.Tensor) -> float | None:
    """The value of a constant of a single number."""
    if tensor.inputs and tensor.inputs[0].op == "Constant":
        tensor = tensor.inputs[0].attrs["value"]
    return float(tensor.values.reshape(())) if isinstance(tensor, gs.Constant) and tensor.values.size == 1 else None


def _take_output(node: gs.Node) -> gs.Tensor:
    """The node's result, free to be made by another one."""
    y = node.outputs[0]
    node.outputs.clear()
    return y


def _put_softplus(graph: gs.Graph, x: gs.Tensor, y: gs.Tensor) -> None:
    softplus = _node(graph, "Softplus", [x], f"{y.name}/softplus", y)
    tanh = _node(graph, "Tanh", [softplus], f"{y.name}/tanh", y)
    graph.nodes.append(gs.Node("Mul", inputs=[x, tanh], outputs=[y]))


def _put_rational(graph: gs.Graph, x: gs.Tensor, y: gs.Tensor) -> None:
    cap, two = (_constant(graph, name, value) for name, value in (("mish_largest_input", LARGEST), ("mish_two", 2.0)))
    capped = _node(graph, "Min", [x, cap], f"{y.name}/min", y)
    w = _node(graph, "Exp", [capped], f"{y.name}/w", y)
    n = _node(graph, "Mul", [w, _node(graph, "Add", [w, two], f"{y.name}/w2", y)], f"{y.name}/n", y)
    quotient = _node(graph, "Div", [n, _node(graph, "Add", [n, two], f"{y.name}/n2", y)], f"{y.name}/quotient", y)
    graph.nodes.append(gs.Node("Mul", inputs=[x, quotient], outputs=[y]))


def _node(graph: gs.Graph, operation: str, inputs: Sequence[gs.Tensor], name: str, like: gs.Tensor) -> gs.Tensor:
    result = gs.Variable(name, dtype=like.dtype, shape=like.shape)
    graph.nodes.append(gs.Node(operation, inputs=list(inputs), outputs=[result]))
    return result


def _constant(graph: gs.Graph, name: str, value: float) -> gs.Tensor:
    return graph.tensors().get(name) or gs.Constant(name, np.array(value, np.float32))


def _put_back(graph: gs.Graph, model: ModelProto) -> None:
    """What nobody takes any more is left out."""
    graph.cleanup().toposort()
    if not any(node.op == OPERATION for node in graph.nodes):
        graph.import_domains = [opset for opset in graph.import_domains if opset.domain != DOMAIN]
    exported = gs.export_onnx(graph, do_type_check=False)
    model.graph.CopyFrom(exported.graph)
    del model.opset_import[:]
    model.opset_import.extend(exported.opset_import)


def _has_plugin_nodes(model: ModelProto) -> bool:
    return any(node.op_type == OPERATION for node in model.graph.node)


def _refuse_subgraphs(graph: gs.Graph) -> None:
    for node in graph.nodes:
        if any(isinstance(value, gs.Graph) for value in node.attrs.values()):
            raise ModelError(
                f"expected a graph without sub-graphs, but {node.op} {node.name!r} has one",
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
    if number == 0 and not _has_plugin_nodes(loaded):
        raise ModelError(f"expected a model with Mish, but {model} has none", remedy="build it as it is")
    if mish != "plugin":
        number = expand_plugin_nodes(loaded, mish)
    onnx.checker.check_model(loaded)
    onnx.save(loaded, str(out))
    typer.echo(f"{out}: {number} Mish as {mish}")


if __name__ == "__main__":
    typer.run(main)
