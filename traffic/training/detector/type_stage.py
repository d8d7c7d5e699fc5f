"""The last stage of training: the types alone, where boxes and objectness stay as they are.

Retraining only what classifies, after Kang et al., "Decoupling Representation and Classifier for Long-Tailed
Recognition", arXiv:1910.09217: with rare types weighing more, on what the frozen rest of the network makes of each
labelled vehicle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from traffic.errors import ModelError
from traffic.training.detector.loss import class_loss
from traffic.training.detector.network import Head, Yolox
from traffic.training.detector.recipe import Recipe, TypeStage
from traffic.training.detector.type_examples import TypeExamples, class_logits
from traffic.training.optimization import cosine_share, descend

GRADIENT_NORM = 20.0
FEWEST_CELLS = 16
"""Of each stride, a step."""


def refine_types(network: Yolox, recipe: Recipe, stage: TypeStage, examples: Sequence[TypeExamples]) -> Iterator[float]:
    """Train the class towers and their predictions; give each step's loss.

    Args:
        network: fused, changed in place.
        recipe: the classes and the seed.
        stage: how long, how fast, and how much rare types weigh.
        examples: of each stride, finest first; see collect_examples.
    """
    heads = network.every_head
    trained = _only_types(network, heads)
    optimizer = torch.optim.AdamW(trained, lr=stage.learning_rate, betas=(0.9, 0.99), weight_decay=stage.weight_decay)
    preference = torch.tensor([stage.class_preference.get(name, 0.0) for name in recipe.classes])
    weights = class_weights(examples, stage.class_weight_power)
    shares = [len(level) / sum(map(len, examples)) for level in examples]
    random = torch.Generator().manual_seed(recipe.seed)
    network.train()
    for step in range(stage.steps):
        for group in optimizer.param_groups:
            group["lr"] = stage.learning_rate * cosine_share(step, stage.steps)
        losses = [
            share * _loss(head, level, _some(level, stage.cells * share, random), preference, weights)
            for head, level, share in zip(heads, examples, shares, strict=True)
            if len(level)
        ]
        loss = torch.stack(losses).sum()
        descend(optimizer, trained, loss, GRADIENT_NORM)
        yield loss.item()
    network.eval()


def class_weights(examples: Sequence[TypeExamples], power: float) -> Tensor:
    """(c,) what a cell of each class weighs, 1 on average: the rarer, the more; 0 as power gives all the same.

    A cell whose label leaves several classes open counts for the first of them.
    """
    first = torch.cat([level.allowed.float().argmax(dim=1) for level in examples])
    counts = torch.bincount(first, minlength=examples[0].allowed.shape[1]).float()
    weights = counts.clamp(min=1) ** -power
    return weights * counts.sum() / (weights * counts).sum()


def add_class_bias(network: Yolox, logits: Sequence[float]) -> None:
    """Add to each class's logit, in the order of the classes, whatever the picture."""
    for head in network.every_head:
        bias = head.classes.bias
        if bias is None:
            raise ModelError("expected predictions with a bias, got one without", remedy="build the network anew")
        bias.data += torch.tensor(logits)


def _only_types(network: Yolox, heads: Sequence[Head]) -> list[nn.Parameter]:
    for parameter in network.parameters():
        parameter.requires_grad = False
    trained = [
        parameter for head in heads for part in (head.class_tower, head.classes) for parameter in part.parameters()
    ]
    for parameter in trained:
        parameter.requires_grad = True
    return trained


def _some(level: TypeExamples, count: float, random: torch.Generator) -> Tensor:
    return torch.randint(len(level), (max(FEWEST_CELLS, int(count)),), generator=random)


def _loss(head: Head, level: TypeExamples, chosen: Tensor, preference: Tensor, weights: Tensor) -> Tensor:
    logits = class_logits(head, level.seen[chosen].float(), level.inside[chosen].float())
    return class_loss(logits, level.allowed[chosen], level.iou[chosen], preference, weights) / len(chosen)
