"""The tracker's evaluation as a whole: on a simulated crossing, and on KITTI beside TrackEval's own figures."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from traffic.datatypes import Detections
from traffic.evaluation.tracking import evaluate_tracker, evaluate_trackers
from traffic.evaluation.tracking_peers import installed_peers, our_tracker
from traffic.evaluation.tracking_scenes import jumping_rate, simulated_sequence, with_drops
from traffic.evaluation.tracking_sequences import Logits, read_kitti
from traffic.simulation.intersection import SCRIPTED, frame_times

KITTI = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / "mot" / "kitti_tracking"
TRACKEVAL_SHARES = (
    0.17530691151133312,
    0.5369202899836365,
    0.057544071618543226,
    0.06281078251766553,
    0.12187389926030293,
)
TRACKEVAL_COUNTS = (1578, 113, 1439, 564)
TURNS = "left turns from four arms"


def _no_memory(_: float):
    """A tracker that gives every box a new identity."""
    told = 0

    def update(detections: Detections, _: int):
        nonlocal told
        ids = np.arange(told, told + len(detections))
        told += len(detections)
        return ids, detections.xyxy

    return update


def test_identities_are_worth_what_the_scores_say():
    scene = SCRIPTED[TURNS]()
    sequence = simulated_sequence(TURNS, scene, frame_times(10, scene.duration_s), 0)
    ours, forgetful = evaluate_trackers({"ours": our_tracker(), "none": _no_memory}, [sequence])
    assert ours.scores.idf1 > 0.9
    assert forgetful.scores.idf1 < 0.1
    assert forgetful.scores.switches > 100
    assert ours.frames == len(sequence.truth) == 180


def test_frames_may_be_missing_and_the_rate_may_jump():
    whole = frame_times(20, 12.0)
    assert 0.5 * len(whole) < len(with_drops(whole, 0.3, 1)) < 0.9 * len(whole)
    jumping = np.diff(jumping_rate(12.0, (20.0, 5.0)))
    assert sorted(set(np.round(jumping, 3))) == [0.05, 0.2]


def test_peers_that_are_not_installed_are_named_with_the_command(monkeypatch):
    monkeypatch.setattr("traffic.evaluation.tracking_peers._version", lambda package: None)
    found, missing = installed_peers()
    assert found == {}
    assert "left out pyxtrackers ByteTrack: pip install pyxtrackers" in missing


@pytest.mark.slow
@pytest.mark.skipif(not KITTI.is_dir(), reason=f"no real boxes: {KITTI} is absent (set TRAFFIC_DATA)")
def test_kitti_is_scored_as_trackeval_scores_it():
    """TrackEval 1.3.0 on the detections themselves, each told under its row: a tracker that never changes."""
    sequences = list(read_kitti(KITTI, KITTI / "det_pointrcnn_car", logits=Logits(2, 2)))[:4]

    def by_row(_: float):
        return lambda detections, _: (np.arange(len(detections)), detections.xyxy)

    scores = evaluate_tracker("rows", by_row, sequences).scores
    got = (scores.hota, scores.detection_accuracy, scores.association_accuracy, scores.mota, scores.idf1)
    np.testing.assert_allclose(got, TRACKEVAL_SHARES, atol=1e-9)
    counts = (scores.switches, scores.fragmentations, scores.false_boxes, scores.misses)
    assert counts == TRACKEVAL_COUNTS
