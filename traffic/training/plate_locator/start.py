"""Going on from a model that an earlier run left: its ONNX file back into the network."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from traffic.errors import ModelError
from traffic.training.convolutions import convolutions_of, in_call_order
from traffic.training.plate_locator.network import PlateNet


def network_of(model: Path) -> PlateNet:
    """A network that gives what the model gives.

    In the file batch normalisation is part of the convolutions, so the network's normalisations are the identity plus
    a bias; `freeze_statistics` keeps them so in training.

    Raises:
        ModelError: the file holds another network.
    """
    network = PlateNet().eval()
    kernels = convolutions_of(model)
    layers = _with_normalisations(network)
    shapes = [layer.weight.shape for layer, _ in layers]
    if [weight.shape for weight, _ in kernels] != shapes:
        raise ModelError(
            f"{model}: expected a plate locator of {len(shapes)} convolutions as traffic trains it, got {len(kernels)}",
            remedy="start from engines/plate_locator.onnx or from a model that the training left",
        )
    with torch.no_grad():
        for (layer, normalisation), (weight, bias) in zip(layers, kernels, strict=True):
            layer.weight.copy_(weight)
            _take_bias(layer, normalisation, bias)
    return network


def freeze_statistics(network: nn.Module) -> None:
    """Keep the normalisations' running statistics as they are, also while the network trains."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def _take_bias(layer: nn.Conv2d, normalisation: nn.BatchNorm2d | None, bias: Tensor) -> None:
    if normalisation is None:
        layer.bias = nn.Parameter(bias)
        return
    normalisation.weight.fill_(1.0)
    normalisation.bias.copy_(bias)
    if normalisation.running_var is not None:
        normalisation.running_var.fill_(1.0 - normalisation.eps)


def _with_normalisations(network: PlateNet) -> list[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """Each convolution with the normalisation that follows it, as the network calls them."""
    called = in_call_order(network, nn.Conv2d, nn.BatchNorm2d)
    followers = [*called[1:], None]
    return [
        (layer, after if isinstance(after, nn.BatchNorm2d) else None)
        for layer, after in zip(called, followers, strict=True)
        if isinstance(layer, nn.Conv2d)
    ]
