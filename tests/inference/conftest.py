from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

SIZE = (64, 32)


@pytest.fixture
def weights() -> np.ndarray:
    """(5, 3): five outputs mixed from blue, green and red."""
    return np.arange(15, dtype=np.float32).reshape(5, 3) / 7


@pytest.fixture
def model_path(tmp_path: Path, weights: np.ndarray) -> Path:
    """An ONNX model that mixes the three planes of each 8x8 cell: (n, 3, h, w) -> (n, cells, 5)."""
    kernel = np.repeat(np.repeat(weights[:, :, None, None] / 64, 8, 2), 8, 3)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["images", "kernel"], ["cells"], strides=[8, 8]),
            helper.make_node("Reshape", ["cells", "flat"], ["rows"]),
            helper.make_node("Transpose", ["rows"], ["output"], perm=[0, 2, 1]),
        ],
        "mix",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", "cells", 5])],
        [
            helper.make_tensor("kernel", TensorProto.FLOAT, kernel.shape, kernel.ravel()),
            helper.make_tensor("flat", TensorProto.INT64, [3], [0, 5, -1]),
        ],
    )
    path = tmp_path / "mix.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture
def images() -> np.ndarray:
    """(7, 32, 64, 3) uint8 noise."""
    return np.random.default_rng(3).integers(0, 256, (7, SIZE[1], SIZE[0], 3), dtype=np.uint8)


@pytest.fixture
def expected(images: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What the model gives, computed in NumPy."""
    means = images.reshape(7, 4, 8, 8, 8, 3).astype(np.float64).mean(axis=(2, 4))
    return means.reshape(7, 32, 3) @ weights.T.astype(np.float64)
