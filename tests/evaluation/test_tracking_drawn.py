"""Drawn intersections as labelled sequences, and the table of trackers on what the shipped detector finds in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from traffic.datatypes import Detections
from traffic.evaluation import tracking_drawn
from traffic.evaluation.tracking_drawn import LEAST_HEIGHT_PX, aligned, drawn_scene, drawn_sequence
from traffic.evaluation.tracking_peers import our_tracker
from traffic.simulation.camera import Camera

SMALL = Camera(320, 180, 225.0, 8.5, float(np.deg2rad(13.0)))


def _nothing(image: np.ndarray) -> Detections:
    assert image.shape == (180, 320, 3)
    return Detections.empty()


def test_a_sequence_has_the_truth_of_every_frame_and_low_vehicles_do_not_count():
    film = drawn_sequence(replace(drawn_scene(1, 0.4), camera=SMALL), 10.0, 1, _nothing)
    assert (film.fps, film.pts_ns) == (10.0, (0, 100_000_000, 200_000_000, 300_000_000))
    assert len(film.detections) == len(film.truth) == 4
    heights = film.truth[0].xyxy[:, 3] - film.truth[0].xyxy[:, 1]
    assert not film.truth[0].wanted[heights < LEAST_HEIGHT_PX].any()
    assert len(heights) > 3


@pytest.mark.parametrize(
    ("score", "threshold", "becomes"), [(0.3, 0.3, 0.5), (0.8, 0.5, 0.8), (0.5, 0.2, 0.8), (1, 0.3, 1)]
)
def test_the_cards_threshold_becomes_a_half_and_the_order_stays(score, threshold, becomes):
    found = Detections(np.zeros((3, 4), np.float32), np.array([score, 0.1, 0.05], np.float32), np.zeros(3, np.int64))
    scores = aligned(found, threshold).scores
    assert scores[0] == pytest.approx(becomes, abs=1e-6)
    assert scores[0] > scores[1] > scores[2]


def test_the_tables_have_a_row_a_tracker_and_a_column_a_rate(monkeypatch):
    pytest.importorskip("openvino", reason="the shipped detector runs on OpenVINO here")
    if not Path(tracking_drawn.CARD).is_file():
        pytest.skip(f"no shipped detector: {tracking_drawn.CARD} is absent")
    monkeypatch.setattr(tracking_drawn, "installed_peers", lambda: ({"another": our_tracker()}, ("left out X",)))
    monkeypatch.setattr(tracking_drawn, "VIEW", SMALL)
    app = typer.Typer()
    app.command()(tracking_drawn.main)
    result = CliRunner().invoke(app, ["--seconds", "0.24", "--seed", "1"])
    assert result.exit_code == 0, result.output
    rows = [line.split("|")[1].strip() for line in result.stdout.splitlines() if line.startswith("|")]
    assert rows == ["HOTA / IDF1 / MOTA / switches", "---", "traffic", "another"] * 2
    assert "25 frames/s | 12.5 frames/s | 5 frames/s" in result.stdout
    assert "left out X" in result.stderr
