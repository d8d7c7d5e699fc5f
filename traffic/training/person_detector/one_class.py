"""One class of the published COCO network as a network of its own; nothing is trained."""

from __future__ import annotations

from torch import nn

from traffic.training.detector.network import Yolox

PERSON_COLUMN = 0
"""Of COCO's 80 classes."""
_CLASS_ROWS = ("classes.weight", "classes.bias")


def only_class(coco: Yolox, column: int) -> Yolox:
    """The same network, in evaluation mode, with one row of each head's class convolution and all else as it was."""
    network = Yolox(1, nn.SiLU, coco.size).eval()
    state = {
        name: value[column : column + 1] if name.endswith(_CLASS_ROWS) else value
        for name, value in coco.state_dict().items()
    }
    network.load_state_dict(state)
    return network
