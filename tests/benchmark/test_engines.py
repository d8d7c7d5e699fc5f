from __future__ import annotations

import numpy as np
import pytest

from traffic.benchmark.engines import engine_choices, letterboxed_frames, time_engines


@pytest.mark.parametrize(
    ("installed", "engines"),
    [
        (set(), set()),
        ({"onnxruntime"}, {"ONNX Runtime f32, fit", "ONNX Runtime f32, released"}),
        ({"openvino"}, {"OpenVINO f32"}),
    ],
)
def test_what_is_installed_is_timed(installed, engines, tmp_path):
    graphs = {"fit": tmp_path / "fit.onnx", "released": tmp_path / "released.onnx"}

    choices = list(engine_choices(graphs, graphs["released"], frozenset(installed)))

    assert {choice.name for choice in choices} - {"OpenVINO bf16"} == engines


def test_frames_are_letterboxed_from_the_top_left(config):
    frames = letterboxed_frames(config.cameras[0])

    assert frames.shape == (5, 384, 640, 3)
    assert (frames[:, 360:] == 114).all()
    assert (frames[:, :360] != 114).any()


def test_each_engine_is_held_against_the_first(model):
    pictures = np.zeros((5, 64, 96, 3), np.uint8)
    choices = list(engine_choices({"released": model}, model, frozenset({"onnxruntime", "openvino"})))

    times = time_engines(choices, pictures, rounds=1)

    assert [each.engine for each in times] == [choice.name for choice in choices]
    assert [each.wall_ratio for each in times] == pytest.approx([times[0].wall_ms / each.wall_ms for each in times])
    assert all(each.cpu_ms > 0 for each in times)


def test_nothing_to_time_is_nothing_special():
    assert time_engines([], np.zeros((1, 64, 96, 3), np.uint8), rounds=2) == ()
