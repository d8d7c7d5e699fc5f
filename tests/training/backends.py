"""Holds an exported file against the network that it was made from."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from traffic.inference.engine import InferenceSettings
from traffic.inference.onnx_engine import OnnxEngine
from traffic.inference.openvino_engine import OpenVinoEngine

EXACT = InferenceSettings(precision="f32", threads=1)


def require_every_backend_to_agree(network: nn.Module, model: Path, size: tuple[int, int], count: int = 3) -> None:
    """Both backends give for noisy pictures what torch gives.

    Args:
        network: in evaluation mode, from (n, 3, h, w) BGR 0..255 to one tensor.
        model: the file made from it.
        size: (width, height) of the input.
        count: pictures in the batch.
    """
    images = np.random.default_rng(0).integers(0, 256, (count, size[1], size[0], 3), np.uint8)
    with torch.inference_mode():
        expected = network(torch.from_numpy(images).permute(0, 3, 1, 2).float()).numpy()
    for backend in (OnnxEngine, OpenVinoEngine):
        with backend(model, size, EXACT) as engine:
            answered = engine.infer(images)
        assert len(answered) == count
        if count:
            np.testing.assert_allclose(answered, expected, atol=1e-3, err_msg=backend.__name__)
