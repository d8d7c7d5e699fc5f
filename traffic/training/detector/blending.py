"""Trained weights blended with those that training started from: keeps what the large published set had taught.

Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv:2109.01903.
"""

from __future__ import annotations

import copy

import torch

from traffic.errors import ModelError
from traffic.training.detector.network import Yolox


def blended(trained: Yolox, published: Yolox, published_share: float) -> Yolox:
    """A network whose every weight is that share of the published one, the rest of the trained one.

    Args:
        trained: fused.
        published: fused, of the same size, classes and activation; training began at it.
        published_share: 0 gives the trained network, 1 the published one.

    Raises:
        ModelError: the two are not of one shape.
    """
    blend = copy.deepcopy(trained)
    ours, theirs = blend.state_dict(), published.state_dict()
    shapes = [{name: tuple(value.shape) for name, value in state.items()} for state in (ours, theirs)]
    if shapes[0] != shapes[1]:
        raise ModelError(
            "expected two networks of one shape, got two",
            remedy="fuse both, and give them the same size and the same classes",
        )
    blend.load_state_dict({name: torch.lerp(value, theirs[name], published_share) for name, value in ours.items()})
    return blend
