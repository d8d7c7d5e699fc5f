"""From the network to the ONNX file that is shipped."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import torch
from torch import nn

from traffic.plates.ocr import SIZE
from traffic.training.plate_reader.views import WithProbabilities

OPSET = 17
INPUT_NAME, OUTPUT_NAME = "images", "output"


def export_onnx(network: nn.Module, path: Path) -> None:
    """Write a network with its softmaxes; the batch is dynamic, the picture's size is not."""
    shipped = WithProbabilities(copy.deepcopy(network)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's TorchScript exporter: no onnxscript needed
        torch.onnx.export(
            shipped,
            (torch.zeros(1, 3, SIZE[1], SIZE[0]),),
            str(path),
            input_names=[INPUT_NAME],
            output_names=[OUTPUT_NAME],
            opset_version=OPSET,
            dynamic_axes={INPUT_NAME: {0: "n"}, OUTPUT_NAME: {0: "n"}},
            dynamo=False,
        )
