"""Models so small that one sees what they must say: linear in the picture's mean blue, green and red (0..255)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper


def write_linear_model(path: Path, weights: np.ndarray, bias: np.ndarray, shape: Sequence[int]) -> Path:
    """ONNX of (n, 3, h, w) -> (n, *shape): weights (k, 3) times the means, plus bias (k,), k the product of `shape`."""
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["images"], ["means"]),
            helper.make_node("Flatten", ["means"], ["flat"]),
            helper.make_node("Gemm", ["flat", "weights", "bias"], ["row"], transB=1),
            helper.make_node("Reshape", ["row", "shape"], ["output"]),
        ],
        "linear",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", *shape])],
        [
            helper.make_tensor("weights", TensorProto.FLOAT, weights.shape, weights.astype(np.float32).ravel()),
            helper.make_tensor("bias", TensorProto.FLOAT, bias.shape, bias.astype(np.float32).ravel()),
            helper.make_tensor("shape", TensorProto.INT64, [1 + len(shape)], [-1, *shape]),
        ],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def write_card(model: Path, task: str, size: tuple[int, int], **fields: object) -> Path:
    """The card of a model beside it."""
    card = {
        "name": model.stem,
        "task": task,
        "file": model.name,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "licence": "CC0",
        "created": "2026-05-01",
        "input": {"name": "images", "default_size": list(size), "letterbox": "stretch"},
        "data": [{"name": "none", "licence": "CC0"}],
        "recipe": {"command": "written by hand", "seed": 0},
    }
    path = model.with_suffix(".yaml")
    path.write_text(yaml.safe_dump(card | fields))
    return path


def write_constant_detector(
    folder: Path, classes: Sequence[str], boxes: Sequence[tuple[tuple[float, ...], str, float]], side: int = 64
) -> Path:
    """A detector's card that sees the same boxes (x1, y1, x2, y2), class and score in every picture of this side."""
    rows = undecoded([(box, classes.index(name), score) for box, name, score in boxes], len(classes), side)
    path = write_linear_model(folder / "detector.onnx", np.zeros((rows.size, 3)), rows.ravel(), rows.shape)
    fields = {"classes": list(classes), "score_threshold": 0.3, "output": {"name": "output"}}
    return write_card(path, "vehicle-detection", (side, side), **fields)


def write_colour_classifier(folder: Path) -> Path:
    """A classifier's card: what is more red than blue is a red bus, else a blue car."""
    weights = np.zeros((4, 3))
    weights[[1, 3]] = [-1, 0, 1]
    path = write_linear_model(folder / "classifier.onnx", weights, np.array([0.5, 0, 0.5, 0]), (4,))
    words = {"types": ["car", "bus"], "colours": ["blue", "red"]}
    return write_card(path, "vehicle-classification", (32, 32), **words)


def write_constant_locator(folder: Path, corners: Sequence[float], score: float = 0.9, side: int = 64) -> Path:
    """A locator's card that sees the same corners (eight pixels of its input) in every crop."""
    bias = np.array([score, *corners])
    path = write_linear_model(folder / "locator.onnx", np.zeros((9, 3)), bias, (1, 9))
    return write_card(path, "plate-location", (side, side), score_threshold=0.5)


def write_constant_reader(folder: Path, text: str, probability: float = 0.9) -> Path:
    """A reader's card that reads the same text in every plate, each character with this probability."""
    alphabet, slots = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10
    symbols = np.zeros((slots, len(alphabet) + 1))
    symbols[len(text) :, 0] = 1
    for slot, character in enumerate(text):
        symbols[slot, alphabet.index(character) + 1] = probability
    bias = np.append(symbols.ravel(), [1.0])
    path = write_linear_model(folder / "reader.onnx", np.zeros((bias.size, 3)), bias, bias.shape)
    words = {"alphabet": alphabet, "slots": slots, "countries": ["eu"]}
    return write_card(path, "plate-reading", (160, 48), **words)


def undecoded(boxes: Sequence[tuple[tuple[float, ...], int, float]], classes: int, side: int) -> np.ndarray:
    """What a YOLOX gives, (anchors, 5 + classes), where it sees these boxes in a square input and nothing else."""
    cells = side // 8
    rows = np.zeros((sum((side // stride) ** 2 for stride in (8, 16, 32)), 5 + classes), np.float32)
    for (x1, y1, x2, y2), class_index, score in boxes:
        x, y = (x1 + x2) / 16, (y1 + y2) / 16
        row = rows[int(y) * cells + int(x)]
        row[:5] = [x - int(x), y - int(y), np.log((x2 - x1) / 8), np.log((y2 - y1) / 8), 1]
        row[5 + class_index] = score
    return rows
