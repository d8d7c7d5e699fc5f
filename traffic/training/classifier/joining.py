"""Two opinions on a vehicle's type in one ONNX file: types are their mean, colours the first one's alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, compose, helper, numpy_helper

from traffic.errors import ModelError
from traffic.training.onnx_file import INPUT_NAME, OUTPUT_NAME

FIRST, SECOND = "first/", "second/"


def join_opinions(first: Path, second: Path, types: int, path: Path) -> Path:
    """Join two files of ours that take the same pictures.

    Args:
        first: gives (n, types + colours) probabilities.
        second: gives (n, types).
        types: how many.
        path: where to write the joined model, which gives what the first one gives.

    Raises:
        ModelError: the two were not exported alike.
    """
    ours, other = onnx.load(str(first)), onnx.load(str(second))
    if ours.opset_import[0].version != other.opset_import[0].version:
        raise ModelError(f"{first} and {second} have different opsets", remedy="export both anew")
    joined = compose.merge_models(
        compose.add_prefix(ours, FIRST), compose.add_prefix(other, SECOND), io_map=[], name="vehicle_classifier"
    )
    _import_once(joined)
    columns = ours.graph.output[0].type.tensor_type.shape.dim[1].dim_value
    _share_the_input(joined)
    _average_the_types(joined, types, columns)
    _name_the_output(joined, columns)
    onnx.checker.check_model(joined)
    onnx.save(joined, str(path))
    return path


def _import_once(model: ModelProto) -> None:
    """Merging lists the operators' versions of both files."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in versions.items())


def _share_the_input(model: ModelProto) -> None:
    given = [f"{prefix}{INPUT_NAME}" for prefix in (FIRST, SECOND)]
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name in given:
                node.input[place] = INPUT_NAME
    del model.graph.input[1:]
    model.graph.input[0].name = INPUT_NAME


def _average_the_types(model: ModelProto, types: int, columns: int) -> None:
    lengths, half = np.array([types, columns - types], np.int64), np.array(0.5, np.float32)
    model.graph.initializer.append(numpy_helper.from_array(lengths, "joined/lengths"))
    model.graph.initializer.append(numpy_helper.from_array(half, "joined/half"))
    told, also = (f"{prefix}{OUTPUT_NAME}" for prefix in (FIRST, SECOND))
    model.graph.node.extend(
        [
            helper.make_node(
                "Split", [told, "joined/lengths"], ["joined/types", "joined/colours"], "joined/Split", axis=1
            ),
            helper.make_node("Add", ["joined/types", also], ["joined/sum"], "joined/Add"),
            helper.make_node("Mul", ["joined/sum", "joined/half"], ["joined/mean"], "joined/Mul"),
            helper.make_node("Concat", ["joined/mean", "joined/colours"], [OUTPUT_NAME], "joined/Concat", axis=1),
        ]
    )


def _name_the_output(model: ModelProto, columns: int) -> None:
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(OUTPUT_NAME, onnx.TensorProto.FLOAT, ["n", columns]))
