"""Our chain as a program of the race, and its capture alone."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from traffic.app import Run
from traffic.benchmark.lap import Lap, Stopwatch
from traffic.config import Config
from traffic.errors import SourceError
from traffic.evidence.settings import EvidenceSettings
from traffic.store.settings import DatabaseSettings
from traffic.video.capture import open_capture


@dataclass(frozen=True)
class Chain:
    """What `traffic run` does.

    Attributes:
        name: as it is called in the tables.
        config: one camera that plays a file; where it records is not heeded.
        folder: where the record goes; a new one for each run.
        synchronous: one thread for the stages, so that their times are their own.
    """

    name: str
    config: Config
    folder: Path
    synchronous: bool = False

    def run(self, limit: int | None = None) -> Lap:
        """See Program.run."""
        stop = threading.Event()
        frames = tracked = 0
        with Run(recording_in(self.config, self.folder), stop, synchronous=self.synchronous) as running:
            watch = Stopwatch()
            for done in running:
                frames += len(done.batch.frames)
                tracked += sum(map(len, done.tracks))
                if limit is not None and frames >= limit:
                    stop.set()
            wall_s, cpu_s = watch.elapsed_s()
        failures = [camera.failure for camera in running.report().cameras.values() if camera.failure]
        if failures:
            raise SourceError(failures[0])
        return Lap(frames, tracked, wall_s, cpu_s, running.report().stage_s)


def recording_in(config: Config, folder: Path) -> Config:
    """The config with a record of its own in a new folder, and no broker."""
    own = Path(mkdtemp(dir=folder))
    database = DatabaseSettings(url=f"sqlite:///{own}/traffic.db")
    evidence = EvidenceSettings(folder=own / "evidence")
    return config.model_copy(update={"database": database, "evidence": evidence, "mqtt": None})


@dataclass(frozen=True)
class CaptureAlone:
    """Our capture without what follows it: the stage that a run does in a thread of its own."""

    config: Config
    name: str

    def run(self, limit: int | None = None) -> Lap:
        """See Program.run."""
        camera, stop, frames = self.config.cameras[0], threading.Event(), 0
        watch = Stopwatch()
        with open_capture(camera.id, camera.source, stop=stop, on_health=lambda _: None) as capture:
            for frames, _ in enumerate(capture, start=1):
                if frames == limit:
                    break
        wall_s, cpu_s = watch.elapsed_s()
        return Lap(frames, 0, wall_s, cpu_s, {"capture": wall_s})
