"""The ladder climbed on this machine's CPU: how it measures, not how fast anything is."""

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from traffic.benchmark.ladder import (
    CAMERA_ID,
    Course,
    Rung,
    RungResult,
    as_markdown,
    climb,
    drawn_pictures,
    scene_frames,
)
from traffic.datatypes import Detections
from traffic.detection.detector import VehicleDetector
from traffic.errors import ModelError
from traffic.evaluation.detectors import WEAKEST
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, load_model_card
from traffic.inference.onnx_engine import OnnxEngine

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"


class Seer:
    """Sees every labelled vehicle, or moved by a box's width."""

    def __init__(self, pictures, shift=0.0):
        self._boxes = [each.xyxy[each.is_vehicle] + np.float32(shift) for each in pictures]
        self.calls = []

    def detect(self, frames):
        self.calls.append(len(frames))
        return [self._answer(self._boxes[frame.index]) for frame in frames]

    def _answer(self, boxes):
        return Detections(boxes, np.full(len(boxes), 0.9, np.float32), np.zeros(len(boxes), np.int64))


@pytest.fixture(scope="module")
def pictures():
    return drawn_pictures(5)


@pytest.fixture(scope="module")
def frames():
    return scene_frames(5)


def test_a_detector_that_sees_all_is_perfect_and_one_that_is_beside_them_is_worth_nothing(pictures, frames):
    perfect, blind = Seer(pictures), Seer(pictures, shift=5000)
    rungs = [Rung("perfect", lambda: nullcontext(perfect)), Rung("beside", lambda: nullcontext(blind))]
    results = list(climb(rungs, Course(frames, pictures, batch=2)))
    assert [(each.name, each.ap50, each.ap) for each in results] == [("perfect", 1.0, 1.0), ("beside", 0.0, 0.0)]
    assert all(each.frames_per_second > 0 for each in results)
    assert max(perfect.calls) == 2
    assert {frame.image.shape for frame in frames} == {(1080, 1920, 3)}


def test_a_step_that_cannot_be_run_is_told_and_the_next_one_is_tried(pictures, frames):
    def refuse():
        raise ModelError("expected an engine, found none", remedy="build it")

    rungs = [Rung("missing", refuse, 7), Rung("perfect", lambda: nullcontext(Seer(pictures)), 9)]
    missing, perfect = climb(rungs, Course(frames, pictures))
    assert (missing.bytes_up, perfect.bytes_up) == (7, 9)
    assert (missing.frames_per_second, missing.ap50) == (None, None)
    assert "found none" in missing.problem
    assert perfect.ap50 == 1.0


def test_the_shipped_weights_on_the_cpu(pictures, frames):
    classes = load_model_card(CARD, DetectorCard).classes
    settings = InferenceSettings(backend="onnxruntime", threads=1)

    def open_detector():
        return VehicleDetector(
            WEAKEST,
            classes,
            {CAMERA_ID: (640, 384)},
            lambda size: OnnxEngine(CARD.with_suffix(".onnx"), size, settings),
        )

    (result,) = climb([Rung("ONNX Runtime", open_detector)], Course(frames, pictures, rounds=1))
    assert result.ap50 > 0.7


def test_the_table_tells_figures_or_the_reason():
    results = [
        RungResult("FP32", 8.04, 0.8, 0.5, bytes_up=2_949_120, batch=4, graph=True),
        RungResult("FP16", None, None, None, "no GPU\n  to mend it: buy one"),
    ]
    assert as_markdown(results).splitlines()[2:] == [
        "| FP32 | 4 | yes | 2.9 | 8.0 | 0.800 | 0.500 |",
        "| FP16 | 1 | no | 0.0 | could not be run: no GPU | |  |",
    ]


def test_where_memory_is_shared_nothing_is_sent(pictures, frames):
    def open_seer():
        return nullcontext(Seer(pictures))

    rungs = [Rung("Jetson", open_seer, 9, shares_memory=lambda: True), Rung("server", open_seer, 9)]
    assert [each.bytes_up for each in climb(rungs, Course(frames, pictures))] == [0, 9]


def test_a_step_is_timed_by_its_own_stopwatch(pictures, frames):
    def half_a_second(work):
        work()
        return 0.5

    seer = Seer(pictures)
    (result,) = climb([Rung("timed", lambda: nullcontext(seer), stopwatch=half_a_second)], Course(frames, pictures))
    assert result.frames_per_second == len(frames) / 0.5
    assert len(seer.calls) == len(pictures) + 2 + 3 * 2  # pictures, warm-up, and three rounds of two batches


def test_a_step_that_breaks_on_the_way_is_told_and_the_next_one_is_tried(pictures, frames):
    class Breaking(Seer):
        def detect(self, frames):
            if len(self.calls) > 2:
                raise ModelError("the GPU failed while detecting vehicles", remedy="start again")
            return super().detect(frames)

    rungs = [
        Rung("broken", lambda: nullcontext(Breaking(pictures))),
        Rung("whole", lambda: nullcontext(Seer(pictures))),
    ]
    broken, whole = climb(rungs, Course(frames, pictures))
    assert (broken.frames_per_second, "detecting vehicles" in broken.problem) == (None, True)
    assert whole.ap == 1.0
