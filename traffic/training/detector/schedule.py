"""How quickly a detector learns, step by step, in training and in the tuning of smaller ones."""

from __future__ import annotations

import torch
from torch import nn

from traffic.training.detector.recipe import Recipe
from traffic.training.optimization import adamw, cosine_share

BETAS = (0.9, 0.99)


def learning_rate(recipe: Recipe, step: int) -> float:
    """A linear warm-up, then a cosine down to the recipe's final share; `step` counts from 0."""
    warm = min(1.0, (step + 1) / max(1, recipe.warmup_steps))
    cosine = cosine_share(step, recipe.steps)
    final = recipe.final_learning_rate_share
    return recipe.learning_rate * warm * (final + (1 - final) * cosine)


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW as the recipe has it, with decay on kernels alone."""
    return adamw(network, recipe.learning_rate, recipe.weight_decay, BETAS)
