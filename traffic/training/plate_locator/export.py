"""From the trained network to the ONNX file that is shipped."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import torch

from traffic.training.plate_locator.network import DecodedNet, PlateNet

OPSET = 17
INPUT_NAME, OUTPUT_NAME = "images", "plates"


def export_onnx(network: PlateNet, size: tuple[int, int], path: Path) -> None:
    """Write the network for one input (width, height), its decoding inside, with a dynamic batch."""
    shipped = DecodedNet(copy.deepcopy(network), size).eval()
    shipped.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's TorchScript exporter: no onnxscript needed
        torch.onnx.export(
            shipped,
            (torch.zeros(1, 3, size[1], size[0]),),
            str(path),
            input_names=[INPUT_NAME],
            output_names=[OUTPUT_NAME],
            opset_version=OPSET,
            dynamic_axes={INPUT_NAME: {0: "n"}, OUTPUT_NAME: {0: "n"}},
            dynamo=False,
        )
