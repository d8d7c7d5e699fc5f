"""Trackers on drawn intersections with the shipped detector: `python -m traffic.evaluation.tracking_drawn`.

The pictures are rendered (see traffic.simulation.intersection_painter), so lorries hide cars as pixels, and what the
detector then finds is no idea of ours; the truth is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from traffic.datatypes import Detections, Frame, UInt8Array
from traffic.detection.detector import DetectorSettings, VehicleDetector
from traffic.evaluation.tracking import evaluate_trackers
from traffic.evaluation.tracking_peers import Begin, installed_peers, our_tracker
from traffic.evaluation.tracking_report import print_results
from traffic.evaluation.tracking_scenes import COUNTED_VISIBLE
from traffic.evaluation.tracking_sequences import LabelledSequence, TrueFrame
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.simulation.camera import Camera
from traffic.simulation.intersection import IntersectionScene, busy_intersection, frame_times
from traffic.simulation.intersection_painter import IntersectionPainter
from traffic.simulation.intersection_view import Sight

Detect = Callable[[UInt8Array], Detections]
CARD = Path("engines/vehicle_detector.yaml")
VIEW = Camera(1280, 720, 900.0, 8.5, float(np.deg2rad(13.0)))
FPS, STEPS = 25.0, (1, 2, 5)
SEEDS, SECONDS = (1, 2), 40.0
LEAST_HEIGHT_PX = 20.0
"""Lower vehicles count neither for nor against: at the input of 640x384 they have less than ten pixels."""
_NOWHERE = "drawn"


def main(
    seconds: Annotated[float, typer.Option(help="of each intersection")] = SECONDS,
    seed: Annotated[list[int] | None, typer.Option(help="of an intersection; 1 and 2 if none")] = None,
    threads: Annotated[int, typer.Option(help="of the detector; 0: all")] = 1,
) -> None:
    """Print two tables of all trackers on the same drawn frames, every 1st, 2nd and 5th of 25 a second: the detector's
    scores aligned with the trackers' idea of a sure one, and as they are.
    """
    peers, missing = installed_peers()
    for line in missing:
        typer.echo(line, err=True)
    with shipped_detector(CARD, threads) as detect:
        films = [drawn_sequence(drawn_scene(each, seconds), FPS, each, detect) for each in seed or SEEDS]
    threshold = load_model_card(CARD, DetectorCard).score_threshold
    sure = [replace(film, detections=tuple(aligned(each, threshold) for each in film.detections)) for film in films]
    for each in (sure, films):
        _compare({"traffic": our_tracker(), **peers}, each)


def aligned(found: Detections, threshold: float) -> Detections:
    """The detections with their scores' log odds so moved that `threshold`, the card's, becomes 0.5.

    Every tracker takes scores from a half on for sure ones; detectors differ in which of theirs are.
    """
    odds = threshold / (1 - threshold)
    scores = found.scores / (found.scores + odds * (1 - found.scores))
    return Detections(found.xyxy, scores.astype(np.float32), found.class_ids)


def _compare(trackers: Mapping[str, Begin], films: Sequence[LabelledSequence]) -> None:
    results = evaluate_trackers(trackers, films, STEPS)
    rates = {f"{FPS / step:g} frames/s": place * len(trackers) for place, step in enumerate(STEPS)}
    print_results({rate: results[first : first + len(trackers)] for rate, first in rates.items()})


def drawn_scene(seed: int, seconds: float) -> IntersectionScene:
    """The busy intersection from nearer by than the simulated one, so that a detector sees the far arm as well."""
    return replace(busy_intersection(seed, seconds), camera=VIEW)


def drawn_sequence(scene: IntersectionScene, fps: float, seed: int, detect: Detect) -> LabelledSequence:
    """The scene drawn at this rate, and what the detector finds in each frame."""
    times, truth, found = [], [], []
    for frame in IntersectionPainter(scene, seed).film(frame_times(fps, scene.duration_s)):
        times.append(frame.pts_ns)
        truth.append(_truth(frame.sight))
        found.append(detect(frame.image))
    return LabelledSequence(f"drawn {seed}", fps, tuple(times), tuple(truth), tuple(found), LEAST_HEIGHT_PX)


@contextmanager
def shipped_detector(card_path: Path, threads: int) -> Iterator[Detect]:
    """The detector with this card as the product uses it, at the card's input size, on OpenVINO."""
    card = load_model_card(card_path, DetectorCard)
    model, inference = verified_model_path(card_path), InferenceSettings(threads=threads)
    width, height = card.input.default_size
    with VehicleDetector(
        DetectorSettings(),
        card.classes,
        {_NOWHERE: (width, height)},
        lambda size: OpenVinoEngine(model, size, inference),
    ) as detector:
        yield lambda image: detector.detect([_frame(image)])[0]


def _frame(image: UInt8Array) -> Frame:
    return Frame(_NOWHERE, _NOWHERE, 0, 0, datetime.fromtimestamp(0, timezone.utc), image)


def _truth(sight: Sight) -> TrueFrame:
    low = sight.xyxy[:, 3] - sight.xyxy[:, 1] < LEAST_HEIGHT_PX
    return TrueFrame(
        sight.ids, sight.xyxy.astype(np.float64), (sight.visible >= COUNTED_VISIBLE) & ~low, np.zeros((0, 4))
    )


if __name__ == "__main__":
    typer.run(main)
