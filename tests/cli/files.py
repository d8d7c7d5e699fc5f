"""A video and a model, as small as they can be."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import yaml


def write_video(path: Path) -> Path:
    """Five grey frames of 160x96 pixels at 10 frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((96, 160, 3), 90, np.uint8), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_model(
    folder: Path, *, classes: Sequence[str], name: str = "vehicle_detector", content: bytes = b"onnx"
) -> Path:
    """A card beside a file with `content`; returns the card."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(content)
    card = {
        "name": name,
        "task": "vehicle-detection",
        "file": f"{name}.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "created": "2026-05-01",
        "input": {"name": "images"},
        "output": {"name": "output"},
        "classes": list(classes),
        "score_threshold": 0.3,
        "data": [{"name": "pictures", "licence": "CC0", "images": 1}],
        "metrics": [{"set": "held-out", "images": 9, "boxes": 99, "input_size": [640, 384], "ap50": 0.5, "ap": 0.25}],
        "recipe": {"command": "make model", "seed": 0},
    }
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(card))
    return path
