"""From the quantised network to an ONNX file that TensorRT takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from traffic.errors import ModelError
from traffic.training.compression.fake_quantisation import HIGHEST, LOWEST, settle
from traffic.training.detector.network import Yolox
from traffic.training.export import export_onnx

INSET = 0.25
"""In steps: a value so far within INT8's last step is still rounded to that."""


def export_int8(network: Yolox, path: Path) -> None:
    """Write a quantised network with a QuantizeLinear and DequantizeLinear pair before every INT8 convolution's input.

    Kernels have theirs too, one scale a channel. Mish stays Softplus, Tanh and Mul with nothing in between, which
    OpenVINO and TensorRT take for one operation; opset 17, so that TensorRT 8.5 reads it.

    Args:
        network: of fake_quantisation.quantised, its scales settled here.
        path: the ONNX file to write.
    """
    export_onnx(settle(network), path, "softplus")
    model = onnx.load(str(path))
    _name_scales_directly(model.graph)
    _clip_concatenations(model.graph)
    require_symmetric(model.graph, path)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def require_symmetric(graph: onnx.GraphProto, path: Path) -> None:
    """Refuse a graph whose pairs TensorRT would refuse.

    Raises:
        ModelError: a scale is computed instead of stored, or a zero point is not a stored INT8 zero.
    """
    zeros = {node.output[0]: node.attribute[0].t for node in graph.node if node.op_type == "Constant"}
    stored = {tensor.name: tensor for tensor in graph.initializer} | zeros
    for node in graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            _, scale, zero = node.input
            point = stored.get(zero)
            is_zero = point is not None and not numpy_helper.to_array(point).any()
            if scale not in stored or point is None or point.data_type != onnx.TensorProto.INT8 or not is_zero:
                raise ModelError(
                    f"{path}: expected a stored scale and an INT8 zero point of 0 at {node.name}, got {scale}, {zero}",
                    remedy="export with traffic.training.compression.int8_export",
                )


def _name_scales_directly(graph: onnx.GraphProto) -> None:
    """Take out the Identity nodes by which the exporter shares equal scales: TensorRT wants stored ones."""
    stored = {tensor.name for tensor in graph.initializer}
    aliases = {
        node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity" and node.input[0] in stored
    }
    for node in graph.node:
        node.input[:] = [aliases.get(name, name) for name in node.input]
    kept = [node for node in graph.node if not (node.op_type == "Identity" and node.output[0] in aliases)]
    del graph.node[:]
    graph.node.extend(kept)


def _clip_concatenations(graph: onnx.GraphProto) -> None:
    """Clip what is concatenated to the range of the INT8 that follows, which changes no value of that.

    OpenVINO (2026.4 at least) moves a rounding that follows a concatenation directly into its branches and then
    computes something else: AP falls to 0. It does not move it past a Clip, unless that is as wide as INT8: hence the
    INSET.
    """
    stored = {tensor.name: tensor for tensor in graph.initializer}
    concatenated = {node.output[0] for node in graph.node if node.op_type == "Concat"}
    nodes = []
    for node in graph.node:
        if node.op_type == "QuantizeLinear" and node.input[0] in concatenated:
            scale = numpy_helper.to_array(stored[node.input[1]])
            limits = [f"{node.output[0]}_lowest", f"{node.output[0]}_highest"]
            for limit, steps in zip(limits, (LOWEST + INSET, HIGHEST - INSET), strict=True):
                graph.initializer.append(numpy_helper.from_array(np.asarray(steps * scale, np.float32), limit))
            clipped = f"{node.output[0]}_clipped"
            nodes.append(helper.make_node("Clip", [node.input[0], *limits], [clipped], name=f"{node.name}_clip"))
            node.input[0] = clipped
        nodes.append(node)
    kept = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(kept)
