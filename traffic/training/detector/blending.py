"""Trained weights blended with those that training started from: keeps what the large published set had taught.

Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv:2109.01903.
"""

from __future__ import annotations

import copy

import torch

from traffic.errors import ModelError
from traffic.training.detector.network import Yolox
from traffic.training.detector.recipe import PublishedShares

BACKBONE = ("stem", "dark2", "dark3", "dark4", "dark5")
HEAD = ("heads",)
"""What the network's parts are called; all others are its neck."""


def blended(trained: Yolox, published: Yolox, shares: PublishedShares) -> Yolox:
    """A network whose every weight is its part's share of the published one, the rest of the trained one.

    Args:
        trained: fused.
        published: fused, of the same size, classes and activation; training began at it.
        shares: 0 gives the trained part, 1 the published one.

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
    blend.load_state_dict(
        {name: torch.lerp(value, theirs[name], _share_of(name, shares)) for name, value in ours.items()}
    )
    return blend


def _share_of(name: str, shares: PublishedShares) -> float:
    part = name.split(".")[0]
    if part in BACKBONE:
        return shares.backbone
    return shares.head if part in HEAD else shares.neck
