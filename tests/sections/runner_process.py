"""Follows the section of samples.py for a few looks, as `traffic sections run` does.

    python -m tests.sections.runner_process URL EVIDENCE [PASSWORD]

Started by the tests to be killed at any moment.
"""

from __future__ import annotations

import sys
import threading
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.sections.project import Project
from tests.sections.samples import noon
from traffic.sections.runner import SectionRunner, follow
from traffic.store.database import open_for_recording
from traffic.store.settings import DatabaseSettings

LATER = noon(100_000)
LOOKS = 3


def main(url: str, folder: str, password: str | None = None) -> None:
    settings = DatabaseSettings(url=url, password=password)
    with open_for_recording(settings) as engine:
        runner, stop = SectionRunner(engine, Project(engine, settings, Path(folder)).keeper()), threading.Event()
        looks = iter(range(1_000_000))

        def clock() -> datetime:
            if next(looks) == LOOKS:
                stop.set()
            return LATER

        follow(engine, [runner], stop, lambda _: None, clock, look_every_s=0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
