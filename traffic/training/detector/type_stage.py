"""The last stage of training: the types alone, where boxes and objectness stay as they are.

Retraining only what classifies, after Kang et al., "Decoupling Representation and Classifier for Long-Tailed
Recognition", arXiv:1910.09217.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from traffic.errors import ModelError
from traffic.training.detector.assignment import cells_of
from traffic.training.detector.batches import Batch, Batches
from traffic.training.detector.loss import Loss, detection_loss
from traffic.training.detector.network import Head, Yolox
from traffic.training.detector.recipe import Recipe, TypeStage
from traffic.training.optimization import cosine_share

GRADIENT_NORM = 20.0


def refine_types(network: Yolox, recipe: Recipe, stage: TypeStage, batches: Batches) -> Iterator[Loss]:
    """Train the class towers and their predictions; give each step's loss.

    Args:
        network: fused, changed in place.
        recipe: mosaics and class preference.
        stage: how long and how fast.
        batches: where the pictures come from.
    """
    trained = _only_types(network)
    optimizer = torch.optim.AdamW(trained, lr=stage.learning_rate, betas=(0.9, 0.99), weight_decay=0.0)
    preference = torch.tensor([recipe.class_preference.get(name, 0.0) for name in recipe.classes])
    network.train()
    for step in range(stage.steps):
        for group in optimizer.param_groups:
            group["lr"] = stage.learning_rate * cosine_share(step, stage.steps)
        yield _step(network, trained, optimizer, batches.draw(recipe.mosaic_share), preference)
    network.eval()


def add_class_bias(network: Yolox, logits: Sequence[float]) -> None:
    """Add to each class's logit, in the order of the classes, whatever the picture."""
    for head in (module for module in network.modules() if isinstance(module, Head)):
        bias = head.classes.bias
        if bias is None:
            raise ModelError("expected predictions with a bias, got one without", remedy="build the network anew")
        bias.data += torch.tensor(logits)


def _only_types(network: Yolox) -> list[nn.Parameter]:
    for parameter in network.parameters():
        parameter.requires_grad = False
    parts = [part for head in network.modules() if isinstance(head, Head) for part in (head.class_tower, head.classes)]
    trained = [parameter for part in parts for parameter in part.parameters()]
    for parameter in trained:
        parameter.requires_grad = True
    return trained


def _step(
    network: Yolox, trained: list[nn.Parameter], optimizer: torch.optim.Optimizer, batch: Batch, preference: Tensor
) -> Loss:
    loss = detection_loss(network(batch.images), batch.truths, cells_of(batch.size), preference)
    optimizer.zero_grad()
    loss.total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(trained, GRADIENT_NORM)
    optimizer.step()
    return loss
