"""Convolutions that compute as INT8 hardware would, in float, so that a network can be tuned to its own rounding.

Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
arXiv:1712.05877; the gradient passes the rounding straight through (Bengio et al., arXiv:1308.3432). Symmetric: one
scale a tensor for activations, one a channel for kernels, the zero point always 0, as TensorRT wants it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from traffic.errors import ModelError
from traffic.training.convolutions import in_call_order
from traffic.training.detector.network import ConvAct, Yolox

LOWEST, HIGHEST = -128, 127


class _FakeQuantisation(torch.autograd.Function):
    """round(x / scale) clamped to INT8, times scale; one scale a slice along `axis`, or (axis None) one for all."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, axis: int | None) -> Tensor:
        steps = x / _aligned(scale, x, axis)
        ctx.save_for_backward((steps >= LOWEST) & (steps <= HIGHEST))
        return steps.round_().clamp_(LOWEST, HIGHEST).mul_(_aligned(scale, x, axis))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (inside,) = ctx.saved_tensors
        return gradient * inside, None, None

    @staticmethod
    def symbolic(g: Any, x: Any, scale: Any, axis: int | None) -> Any:
        channels = () if axis is None else (x.type().sizes()[axis],)
        zero = g.op("Constant", value_t=torch.zeros(channels, dtype=torch.int8))
        along = {} if axis is None else {"axis_i": axis}
        quantised = g.op("QuantizeLinear", x, scale, zero, **along)
        return g.op("DequantizeLinear", quantised, scale, zero, **along).setType(x.type())


def fake_quantise(x: Tensor, scale: Tensor, axis: int | None = None) -> Tensor:
    """What is left of x after INT8; exported as QuantizeLinear and DequantizeLinear.

    Args:
        x: any shape.
        scale: () or, with an axis, (x.shape[axis],): the value of one step.
        axis: along which the scales lie.
    """
    y: Tensor = _FakeQuantisation.apply(x, scale, axis)  # type: ignore[no-untyped-call]
    return y


class QuantisedConv2d(nn.Conv2d):
    """A convolution whose input and kernels are rounded to INT8; its bias and its output stay float.

    Args:
        conv: whose weights it takes.
        input_range: the largest absolute input that is not clipped.
    """

    input_scale: Tensor
    weight_scale: Tensor

    def __init__(self, conv: nn.Conv2d, input_range: float) -> None:
        super().__init__(
            conv.in_channels,
            conv.out_channels,
            (conv.kernel_size[0], conv.kernel_size[1]),
            stride=(conv.stride[0], conv.stride[1]),
            padding=(int(conv.padding[0]), int(conv.padding[1])),
            groups=conv.groups,
        )
        self.load_state_dict(conv.state_dict())
        self.register_buffer("input_scale", torch.tensor(input_range / HIGHEST))
        self.register_buffer("weight_scale", torch.ones(conv.out_channels))
        self.settle()

    def settle(self) -> None:
        """Fix the kernels' scales, which follow the kernels while training, at what they are now."""
        self.weight_scale = self._present_scale()

    def forward(self, x: Tensor) -> Tensor:
        """As nn.Conv2d."""
        scale = self._present_scale() if self.training else self.weight_scale
        weight = fake_quantise(self.weight, scale, axis=0)
        return self._conv_forward(fake_quantise(x, self.input_scale), weight, self.bias)

    def _present_scale(self) -> Tensor:
        return self.weight.detach().abs().amax(dim=(1, 2, 3)).clamp(min=1e-8) / HIGHEST


def quantisable(network: Yolox) -> list[str]:
    """The names of the convolutions that INT8 does not harm, in the order of their calls.

    Float stay those whose rounding makes INT8 collapse: the first convolution, whose input spans 0 to 255; a depthwise
    one right after it, whose channels differ too much for one scale (alone it costs 15 AP points); and the prediction
    convolutions, whose outputs are coordinates.
    """
    modules = dict(network.named_modules())
    inner = {f"{name}.conv" for name, module in modules.items() if isinstance(module, ConvAct)}
    _, second, *others = call_order(network)
    early = [] if modules[second].groups != 1 else [second]
    return [name for name in [*early, *others] if name in inner]


def call_order(network: Yolox) -> list[str]:
    """The names of all convolutions in the order in which the network calls them."""
    names = {module: name for name, module in network.named_modules()}
    return [names[module] for module in in_call_order(network, nn.Conv2d)]


def quantised(network: Yolox, ranges: Mapping[str, float]) -> Yolox:
    """A copy whose convolutions named in `ranges` compute in INT8, each with its input's range.

    Args:
        network: fused.
        ranges: convolution name to the largest absolute input; see quantisable.

    Raises:
        ModelError: a name is none of the network's convolutions, or a range is not positive.
    """
    network = copy.deepcopy(network)
    for name, input_range in ranges.items():
        conv = dict(network.named_modules()).get(name)
        if not isinstance(conv, nn.Conv2d) or not input_range > 0:
            raise ModelError(
                f"expected a positive range of a convolution of the network, got {input_range} for {name!r}",
                remedy="calibrate this network again",
            )
        network.set_submodule(name, QuantisedConv2d(conv, input_range))
    return network


def _aligned(scale: Tensor, x: Tensor, axis: int | None) -> Tensor:
    return scale if axis is None else scale.reshape([-1 if place == axis else 1 for place in range(x.ndim)])


def settle(network: Yolox) -> Yolox:
    """Fix the scales of every quantised convolution's kernels; the same network."""
    for module in network.modules():
        if isinstance(module, QuantisedConv2d):
            module.settle()
    return network
