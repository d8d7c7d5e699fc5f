"""From the classifier's network to the ONNX file that is shipped."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import torch

from traffic.training.classifier.network import VehicleNet, WithProbabilities

OPSET = 17
INPUT_NAME, OUTPUT_NAME = "images", "output"


def export_onnx(network: VehicleNet, path: Path, size: tuple[int, int]) -> None:
    """Write a network with dynamic batch and both heads through their softmax.

    Args:
        network: in any mode; it is not changed.
        path: the ONNX file to write.
        size: (width, height) of the input.
    """
    model = WithProbabilities(copy.deepcopy(network)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's TorchScript exporter: no onnxscript needed
        torch.onnx.export(
            model,
            (torch.zeros(1, 3, size[1], size[0]),),
            str(path),
            input_names=[INPUT_NAME],
            output_names=[OUTPUT_NAME],
            opset_version=OPSET,
            dynamic_axes={INPUT_NAME: {0: "n"}, OUTPUT_NAME: {0: "n"}},
            dynamo=False,
        )
