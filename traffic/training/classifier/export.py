"""From the classifier's network to the ONNX file that is shipped."""

from __future__ import annotations

from pathlib import Path

from traffic.training.classifier.network import VehicleNet, WithProbabilities
from traffic.training.onnx_file import write_onnx


def export_onnx(network: VehicleNet, path: Path, size: tuple[int, int]) -> None:
    """Write a network with both heads through their softmax.

    Args:
        network: in any mode; it is not changed.
        path: the ONNX file to write.
        size: (width, height) of the input.
    """
    write_onnx(WithProbabilities(network), path, size)
