"""What looking at the vehicles of a frame needs on paper: their crops, the classifier and the plate models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnx

from traffic.benchmark.frame_work import Work, network_work
from traffic.inference.model_card import load_any_card, verified_model_path

HALF_BYTES, FLOAT_BYTES, CHANNELS = 2, 4, 3
VEHICLE_PIXELS, PLATE_PIXELS = 320 * 240, 160 * 48
"""Of a vehicle near enough to read its plate, and of the plate seen straight."""
LOOKS = ("vehicle_classifier", "plate_locator", "plate_reader")


def looks_work(folder: Path, vehicles: int) -> tuple[Work, ...]:
    """What the classifier and the plate models in a folder need for the vehicles of one frame, in half precision.

    Their crops come from the frame that is on the device already: nothing is sent.
    """
    cards = {name: load_any_card(folder / f"{name}.yaml") for name in LOOKS}
    sizes = {name: card.input.default_size for name, card in cards.items()}
    networks = [
        _whole(name, network_work(onnx.load(verified_model_path(folder / f"{name}.yaml")), size, HALF_BYTES, vehicles))
        for name, size in sizes.items()
    ]
    return (crops_work(list(sizes.values()), vehicles), *networks)


def crops_work(sizes: Sequence[tuple[int, int]], vehicles: int) -> Work:
    """What cutting out needs: classifier's and locator's vehicles, the reader's plates, each into single precision.

    Args:
        sizes: (width, height) of the three inputs.
        vehicles: of the frame, each with a plate.
    """
    pixels = [width * height for width, height in sizes]
    looked_at = [VEHICLE_PIXELS, min(VEHICLE_PIXELS, 4 * pixels[1]), min(PLATE_PIXELS, 4 * pixels[2])]
    moved = sum(CHANNELS * seen + FLOAT_BYTES * CHANNELS * out for seen, out in zip(looked_at, pixels, strict=True))
    flop = CHANNELS * (4.0 * VEHICLE_PIXELS + 8.0 * pixels[1] + 16.0 * pixels[2])
    return Work("crops for classifier and plates", float(vehicles * moved), other_flop=vehicles * flop)


def _whole(name: str, parts: Sequence[Work]) -> Work:
    return sum(parts[1:], Work(name.replace("_", " "), parts[0].bytes, parts[0].dense_flop, parts[0].other_flop))
