"""`traffic simulate`: from the command line to files that the other commands accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.project import Traffic
from traffic.cli.simulate import Size, adapted
from traffic.simulation import SceneTruth, builtin_spec
from traffic.video.capture import probe
from traffic.video.source import FileSource

SMALL = ("--size", "320x180", "--fps", "2", "--seconds", "6")


@pytest.mark.parametrize("kind", ["--builtin", "--random"])
def test_a_video_its_truth_and_a_config_that_passes_the_checks(kind: str, traffic: Traffic, tmp_path: Path) -> None:
    out, config = tmp_path / "videos/road.mp4", tmp_path / "config.yaml"

    answer = traffic("simulate", "--out", out, "--config-out", config, kind, *SMALL)

    assert (answer.code, answer.out) == (0, "")
    assert "12 frames" in answer.err
    info, truth = probe(FileSource(path=out)), SceneTruth.load(tmp_path / "videos/road.json")
    assert (info.width, info.height, info.fps, info.frames) == (320, 180, 2.0, 12)
    assert (truth.width, truth.height, len(truth.frames)) == (320, 180, 12)
    assert sorted(path.name for path in out.parent.iterdir()) == ["road.json", "road.mp4"]
    checked = traffic("check", "-c", config).out
    assert all(f"ok      camera simulated: {part}" in checked for part in ("source", "rules"))
    assert "error   camera" not in checked


def test_the_same_options_give_the_same_bytes_and_another_seed_does_not(traffic: Traffic, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        traffic("simulate", "-o", tmp_path / f"{name}.mp4", "--truth", tmp_path / name, "--seed", seed, *SMALL)

    first, again, other = ((tmp_path / f"{name}.mp4").read_bytes() for name in "abc")
    assert first == again
    assert first != other
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--size", "1280"], "WIDTHxHEIGHT"),
        (["--size", "1281x720"], "even"),
        (["--size", "64x64"], "128"),
        (["--size", "-640x384"], "WIDTHxHEIGHT"),
        (["--seconds", "0"], "seconds"),
        (["--fps", "0"], "fps"),
        (["--seed", "-1"], "seed"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_written(
    options: list[str], said: str, traffic: Traffic, tmp_path: Path
) -> None:
    answer = traffic("simulate", "--out", tmp_path / "road.mp4", *options)

    assert answer.code == 2
    assert said in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_config_that_people_wrote_is_kept_and_nothing_is_filmed(traffic: Traffic, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("cameras: []\n")

    answer = traffic("simulate", "--out", tmp_path / "a.mp4", "--config-out", tmp_path / "config.yaml", *SMALL)

    assert answer.code == 2
    assert "--config-out" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_a_folder_that_cannot_be_made_is_a_usage_error(traffic: Traffic, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    answer = traffic("simulate", "--out", tmp_path / "file/road.mp4", *SMALL)

    assert answer.code == 2
    assert "file" in answer.err


def test_a_shorter_scene_has_fewer_vehicles_and_the_same_density() -> None:
    spec = adapted(builtin_spec(), seconds=builtin_spec().duration_s / 2, fps=None, size=None, seed=None)

    assert spec.traffic.vehicles == builtin_spec().traffic.vehicles / 2
    assert spec.traffic.speeding + spec.traffic.wrong_way <= spec.traffic.vehicles


def test_another_size_keeps_the_view_from_left_to_right() -> None:
    spec = adapted(builtin_spec(), seconds=None, fps=None, size=Size(640, 480), seed=None)

    assert spec.camera.focal_px / spec.camera.width == builtin_spec().camera.focal_px / builtin_spec().camera.width
    assert (spec.camera.width, spec.camera.height) == (640, 480)
