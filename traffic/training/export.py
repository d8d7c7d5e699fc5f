"""From the detector's network to the ONNX file that is shipped.

`python -m traffic.training.export MODEL OUT --mish softplus` writes a shipped model again with Mish in its other form.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Annotated, Literal

import torch
import typer
from torch import Tensor, nn
from torch.nn import functional

from traffic.inference.model_card import DetectorCard, load_model_card
from traffic.training.detector.network import ConvAct, WithScores, Yolox
from traffic.training.detector.onnx_import import load_network
from traffic.training.onnx_file import INPUT_NAME, OUTPUT_NAME, write_onnx

VARYING = {INPUT_NAME: {2: "height", 3: "width"}, OUTPUT_NAME: {1: "anchors"}}
MishForm = Literal["softplus", "rational"]


class SoftplusMish(nn.Module):
    """x * tanh(softplus(x)): OpenVINO recognises it as one operation; ONNX Runtime takes seven times as long."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same."""
        return x * torch.tanh(functional.softplus(x))


class RationalMish(nn.Module):
    """The same with one exponential: x * n / (n + 2), n = w * w + 2 * w, w = exp(x).

    tanh(log(1 + w)) = ((1 + w)^2 - 1) / ((1 + w)^2 + 1). Above x = 20 the quotient is 1 to the last bit of float32.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same."""
        w = torch.exp(torch.clamp(x, max=20.0))
        n = w * (w + 2)
        return x * (n / (n + 2))


def export_onnx(network: Yolox, path: Path, mish: MishForm = "rational") -> None:
    """Write a fused network for pictures of any size, its scores through the sigmoid.

    Args:
        network: fused.
        path: the ONNX file to write.
        mish: "rational" is quick on every backend; "softplus" is the form that TensorRT needs for FP16, where the
            rational one overflows.
    """
    network = copy.deepcopy(network)
    form = {"softplus": SoftplusMish, "rational": RationalMish}[mish]
    for block in network.modules():
        if isinstance(block, ConvAct) and isinstance(block.activation, nn.Mish):
            block.activation = form()
    write_onnx(WithScores(network), path, (64, 64), varying=VARYING)


def main(
    model: Annotated[Path, typer.Argument(help="a model of ours, in either form")],
    out: Annotated[Path, typer.Argument(help="the ONNX file to write")],
    card: Annotated[Path, typer.Option(help="the model's card")] = Path("engines/vehicle_detector.yaml"),
    mish: Annotated[MishForm, typer.Option(help="the form of Mish")] = "softplus",
) -> None:
    """Write a shipped model again with another form of Mish."""
    export_onnx(load_network(model, len(load_model_card(card, DetectorCard).classes), nn.Mish), out, mish)


if __name__ == "__main__":
    typer.run(main)
