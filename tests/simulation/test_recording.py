from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from traffic.simulation.recording import write_scene
from traffic.simulation.scene import build_scene
from traffic.simulation.spec import SceneSpec, Timing, TrafficSpec, short_spec
from traffic.simulation.truth import SceneTruth


def _brief(timing: Timing, fps: float = 25.0, vehicles: int = 0) -> SceneSpec:
    return replace(short_spec(), duration_s=4.0, fps=fps, timing=timing, traffic=TrafficSpec(vehicles))


def _decode(path: Path) -> list[tuple[int, np.ndarray]]:  # type: ignore[type-arg]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [
            (round(frame.pts * stream.time_base * 1_000_000_000), frame.to_ndarray(format="bgr24"))
            for frame in container.decode(stream)
        ]


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(_brief(Timing()), id="25 a second"),
        pytest.param(_brief(Timing(), fps=30.0), id="30 a second"),
        pytest.param(_brief(Timing(jitter_ms=15, drop_rate=0.2)), id="jittered, with gaps"),
    ],
)
def test_frame_times_in_the_file_are_those_of_the_truth(spec: SceneSpec, tmp_path: Path) -> None:
    video, told = tmp_path / "road.mp4", tmp_path / "road.json"
    truth = write_scene(build_scene(spec), video, told)
    assert [pts_ns for pts_ns, _ in _decode(video)] == [frame.pts_ns for frame in truth.frames]
    assert SceneTruth.load(told) == truth


def test_the_video_shows_the_frames_and_repeats_to_the_byte(tmp_path: Path) -> None:
    scene = build_scene(_brief(Timing(), vehicles=2))
    calls: list[tuple[int, int]] = []
    for name in ("first", "second"):
        write_scene(
            scene, tmp_path / f"{name}.mp4", tmp_path / f"{name}.json", lambda done, of: calls.append((done, of))
        )
    assert (tmp_path / "first.mp4").read_bytes() == (tmp_path / "second.mp4").read_bytes()
    assert calls[:100] == [(done, 100) for done in range(1, 101)]
    decoded = _decode(tmp_path / "first.mp4")
    for index in (0, 50, 99):
        difference = np.abs(decoded[index][1].astype(int) - scene.render(index))
        assert difference.mean() < 6.0
