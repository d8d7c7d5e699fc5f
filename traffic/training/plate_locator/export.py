"""From the trained network to the ONNX file that is shipped."""

from __future__ import annotations

from pathlib import Path

from traffic.training.onnx_file import write_onnx
from traffic.training.plate_locator.network import DecodedNet, PlateNet


def export_onnx(network: PlateNet, size: tuple[int, int], path: Path) -> None:
    """Write the network for one input (width, height), its decoding inside."""
    write_onnx(DecodedNet(network, size), path, size, "plates")
