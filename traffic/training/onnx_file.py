"""How every network of ours becomes an ONNX file: one input, one output, any batch."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import torch
from torch import nn

OPSET = 17
INPUT_NAME, OUTPUT_NAME = "images", "output"
ONLY_THE_BATCH: Mapping[str, Mapping[int, str]] = MappingProxyType({})


def write_onnx(
    network: nn.Module,
    path: Path,
    size: tuple[int, int],
    output: str = OUTPUT_NAME,
    varying: Mapping[str, Mapping[int, str]] = ONLY_THE_BATCH,
) -> None:
    """Write a network, in evaluation mode, for a batch of any size.

    Args:
        network: as it is shipped, from (n, 3, h, w) BGR 0..255 to one tensor; it is not changed.
        path: the ONNX file to write.
        size: (width, height) of the input.
        output: the graph's name of what the network gives.
        varying: the further axes that have no fixed length, each with its name, of the input or the output by name.
    """
    shipped = copy.deepcopy(network).eval()
    shipped.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's TorchScript exporter: no onnxscript needed
        torch.onnx.export(
            shipped,
            (torch.zeros(1, 3, size[1], size[0]),),
            str(path),
            input_names=[INPUT_NAME],
            output_names=[output],
            opset_version=OPSET,
            dynamic_axes={name: {0: "n", **varying.get(name, {})} for name in (INPUT_NAME, output)},
            dynamo=False,
        )
