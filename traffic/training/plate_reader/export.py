"""From the network to the ONNX file that is shipped."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from traffic.plates.ocr import SIZE
from traffic.training.onnx_file import write_onnx
from traffic.training.plate_reader.views import WithProbabilities


def export_onnx(network: nn.Module, path: Path) -> None:
    """Write a network with its softmaxes; the batch is dynamic, the picture's size is not."""
    write_onnx(WithProbabilities(network), path, SIZE)
