"""A filmed scene on disk with its config, and the real command line run on it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.end_to_end.record import Record, read_record
from traffic.__main__ import main

MODEL = Path(__file__).parents[2] / "engines/vehicle_detector.yaml"
LATER = 15
"""The niceness of a run beside a test."""
GIVE_UP_S = 100.0


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, object]:
        """What `--json` printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Project:
    """A folder with a config; the database and the evidence go into it."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def database(self) -> Path:
        return self.folder / "data/traffic.db"

    @property
    def evidence(self) -> Path:
        return self.folder / "data/evidence"

    @property
    def settings(self) -> dict[str, object]:
        return yaml.safe_load(self.config.read_text())

    @property
    def record(self) -> Record:
        return read_record(self.database)

    def change(self, **parts: object) -> None:
        """Replace or add parts of the config, at its top."""
        self.config.write_text(yaml.safe_dump(self.settings | parts))

    def change_camera(self, **parts: object) -> None:
        """The same of its camera."""
        (camera,) = self.settings["cameras"]
        self.change(cameras=[camera | parts])

    def run(self, *options: str) -> Answer:
        """`traffic run` in this process: the same code, without the second that an interpreter takes to start."""
        return command("run", "--config", str(self.config), *options)

    @contextlib.contextmanager
    def started(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """`traffic run` as a process of its own, killed at the end if it is still there. The test goes before it, or on
        a busy machine the run would be over when the test sees its first passage.
        """
        arguments = [sys.executable, "-m", "traffic", "run", "--config", str(self.config), *options]
        process = subprocess.Popen(arguments, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.setpriority(os.PRIO_PROCESS, process.pid, LATER)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def command(*arguments: str) -> Answer:
    """Any command, in this process; an exception that nobody turned into a message is raised here."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return Answer(code, out.getvalue(), err.getvalue())


def film(folder: Path, *options: str) -> Project:
    """`traffic simulate`: road.mp4, its truth road.json and a config for it."""
    project = Project(folder)
    answer = command("simulate", "--out", str(folder / "road.mp4"), "--config-out", str(project.config), *options)
    assert answer.code == 0, answer.err
    project.change(detector={"model": str(MODEL)})
    return project


def copied(project: Project, folder: Path) -> Project:
    """The same scene in another folder, with nothing on record yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("road.mp4", "config.yaml"):
        shutil.copy(project.folder / name, folder / name)
    return Project(folder)


def mqtt(port: int) -> Mapping[str, object]:
    """The config of a broker on this machine that is tried again every second."""
    return {"host": "127.0.0.1", "port": port, "reconnect_first_s": 1, "reconnect_longest_s": 1}


def wait_until(reached: Callable[[], bool], what: str, process: subprocess.Popen[str] | None = None) -> None:
    """Look every few milliseconds; fail when it takes too long, or when `process` ends before it."""
    give_up = time.monotonic() + GIVE_UP_S
    while not reached():
        assert process is None or process.poll() is None, f"the run ended before: {what}\n{process.communicate()[1]}"
        assert time.monotonic() < give_up, f"waited {GIVE_UP_S:.0f} s in vain: {what}"
        time.sleep(0.004)
