"""What goes wrong outside: every time an exit code and words for an operator, and nothing lost that could be kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import pytest
import yaml

from tests.end_to_end.project import GIVE_UP_S, MODEL, Answer, Project, copied
from tests.end_to_end.record import Record, count, damage, lacking_evidence

DONE, FAILED, USAGE = 0, 1, 2


def no_video(project: Project) -> None:
    (project.folder / "road.mp4").unlink()


def text_as_video(project: Project) -> None:
    (project.folder / "road.mp4").write_text("This is not a video.\n" * 100)


def video_without_its_end(project: Project) -> None:
    """Of an MP4 whose index stands at its end nothing can be played."""
    video = project.folder / "road.mp4"
    os.truncate(video, video.stat().st_size // 2)


def empty_video(project: Project) -> None:
    os.truncate(project.folder / "road.mp4", 0)


def misspelt_key(project: Project) -> None:
    project.change_camera(rules={"speeding": {"limit_kph": 60}})


def no_yaml(project: Project) -> None:
    project.config.write_text("cameras: [\n")


def no_config(project: Project) -> None:
    project.config.unlink()


def altered_model(project: Project) -> None:
    card = shutil.copy(MODEL, project.folder)
    model = MODEL.with_name(yaml.safe_load(MODEL.read_text())["file"])
    (project.folder / model.name).write_bytes(model.read_bytes() + b"\0")
    project.change(detector={"model": str(card)})


def no_model(project: Project) -> None:
    project.change(detector={"model": "absent.yaml"})


def file_in_place_of_the_database_folder(project: Project) -> None:
    (project.folder / "file").write_text("")
    project.change(database={"url": "sqlite:///file/traffic.db"})


def text_as_database(project: Project) -> None:
    project.database.parent.mkdir()
    project.database.write_text("This is not a database.\n" * 100)


def file_in_place_of_the_evidence_folder(project: Project) -> None:
    (project.folder / "file").write_text("")
    project.change(evidence={"folder": "file/evidence"})


BAD = [
    (no_video, FAILED, "expected a video file, got nothing there", "name the file itself in the config"),
    (text_as_video, FAILED, "expected a video file, got 2100 bytes that are no known video format", "ffprobe"),
    (video_without_its_end, FAILED, "road.mp4: expected", "to mend it:"),
    (empty_video, FAILED, "road.mp4: expected a video file, got 0 bytes", "ffprobe"),
    (misspelt_key, USAGE, "rules.speeding.limit_kph: unknown key", "did you mean limit_kmh?"),
    (no_yaml, USAGE, "config.yaml is not valid YAML", "mend it there"),
    (no_config, USAGE, "expected a readable config file at", "--config"),
    (altered_model, FAILED, "expected sha256", "put the model and its card back"),
    (no_model, FAILED, "expected a model card at", "put the model and its card back"),
    (file_in_place_of_the_database_folder, FAILED, "expected to make the folder", "give another path in database.url"),
    (text_as_database, FAILED, "file is not a database", "move this file away"),
    (file_in_place_of_the_evidence_folder, FAILED, "expected to write evidence there", "evidence.folder"),
]


@pytest.mark.parametrize(("spoil", "code", "problem", "remedy"), BAD, ids=[row[0].__name__ for row in BAD])
def test_bad_input_is_told_with_its_remedy(
    spoil: Callable[[Project], None], code: int, problem: str, remedy: str, project: Project
) -> None:
    spoil(project)
    answer = project.run()
    assert answer.code == code
    assert_told(answer, problem, remedy)


def assert_told(answer: Answer, *words: str) -> None:
    told = " ".join(answer.err.split())
    assert [word for word in words if word not in told] == [], told
    assert "Traceback" not in answer.err


def test_a_process_of_its_own_says_it_without_a_traceback(project: Project) -> None:
    no_video(project)
    with project.started() as process:
        _, err = process.communicate(timeout=GIVE_UP_S)
    assert process.returncode == FAILED
    assert "got nothing there" in err
    assert "Traceback" not in err


def test_what_can_be_decoded_of_a_truncated_video_is_processed(project: Project) -> None:
    video = project.folder / "road.ts"
    remuxed(project.folder / "road.mp4", video)
    os.truncate(video, video.stat().st_size * 2 // 3)
    project.change_camera(source={"kind": "file", "path": "road.ts"})
    answer = project.run("--json")
    assert answer.code == DONE, answer.err
    camera = answer.report["cameras"]["simulated"]
    expected = decodable_frames(video)
    assert 40 < expected < 120, "the video is no test"
    assert camera["frames"] == camera["captured"]
    assert camera["frames"] + camera["broken"] in (expected, expected + 1)
    assert camera["frames"] >= expected - 1
    assert count(project.database, "passages") > 0


def remuxed(source: Path, target: Path) -> None:
    """The same pictures in a transport stream, which can be cut anywhere."""
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)


def decodable_frames(video: Path) -> int:
    """As OpenCV counts them."""
    reader = cv2.VideoCapture(str(video))
    frames = 0
    while reader.read()[0]:
        frames += 1
    return frames


def test_a_camera_without_its_file_does_not_stop_the_other(project: Project, undisturbed: Record) -> None:
    (camera,) = project.settings["cameras"]
    absent = camera | {"id": "absent", "source": {"kind": "file", "path": "absent.mp4"}}
    project.change(cameras=[absent, camera])
    answer = project.run()
    assert answer.code == FAILED
    assert_told(answer, "absent: ", "absent.mp4: expected a video file, got nothing there", "simulated: 120 frames")
    assert project.record == undisturbed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system in memory with the given options; mounting it again changes them."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        again = ",remount" if place.is_mount() else ""
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options + again, "tmpfs", str(place)], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"this user may not mount a small disk: {done.stderr.strip()}")
        return place

    yield mount
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)


def on_disk(project: Project, disk: Path) -> Project:
    """The project with its database and evidence on another disk."""
    (project.folder / "data").symlink_to(disk)
    return project


def test_a_full_disk_stops_the_run_and_room_on_it_lets_the_next_complete_it(
    project: Project, undisturbed: Record, small_disk: Callable[[str], Path]
) -> None:
    project = on_disk(project, small_disk("size=700k"))
    answer = project.run()
    assert answer.code == FAILED
    assert_told(answer, "expected", "got:", "free space on the disk")
    assert damage(project.database) == "ok"
    assert lacking_evidence(project.database, project.evidence) == []

    small_disk("size=64m")
    assert project.run().code == DONE
    assert project.record == undisturbed
    assert lacking_evidence(project.database, project.evidence) == []


def test_a_disk_too_full_for_a_database_is_told(project: Project, small_disk: Callable[[str], Path]) -> None:
    answer = on_disk(project, small_disk("size=40k")).run()
    assert answer.code == FAILED
    assert_told(answer, "expected", "got:", "free space on the disk that holds the database")


def test_a_disk_that_became_read_only_is_told(
    clip: Project, undisturbed: Record, tmp_path: Path, small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk("size=64m")
    project = on_disk(copied(clip, tmp_path / "project"), disk)
    assert project.run().code == DONE
    small_disk("size=64m,ro")
    answer = project.run()
    assert answer.code == FAILED
    assert_told(answer, "expected a database that can be", "let this user write")
    small_disk("size=64m,rw")
    assert project.record == undisturbed
