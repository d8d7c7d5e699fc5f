"""Scenes filmed once for all tests, and what the undisturbed chain puts on record of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.listener import Listener
from tests.end_to_end.project import Project, copied, film
from tests.end_to_end.record import Record
from tests.events.mosquitto import PROGRAM, Mosquitto

CLIP = ("--size", "640x384", "--seconds", "12", "--fps", "10")
QUICK_INPUT = (416, 256)
LOW_LIMIT = {"speeding": {"limit_kmh": 20.0}, "wrong_way": {}}
"""So low that nearly every vehicle is too fast: plenty of evidence and violations, whatever the detector's weights."""


@pytest.fixture(scope="session")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small, quick scene full of violations, for what is not about accuracy."""
    project = film(tmp_path_factory.mktemp("filmed"), *CLIP)
    project.change_camera(rules=LOW_LIMIT)
    return project


@pytest.fixture(scope="module")
def clip(filmed: Project, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The scene for one module; where that stops runs halfway, its INPUT_SIZE is one that takes longer."""
    project = copied(filmed, tmp_path_factory.mktemp("clip"))
    project.change_camera(input_size=list(getattr(request.module, "INPUT_SIZE", QUICK_INPUT)))
    return project


@pytest.fixture(scope="module")
def undisturbed(clip: Project) -> Record:
    """What a run of the clip that nobody disturbs puts on record."""
    answer = clip.run()
    assert answer.code == 0, answer.err
    record = clip.record
    assert len(record.passages) >= 4, "the clip is no test without passages"
    assert len(record.violations) >= 3, "the clip is no test without violations"
    return record


@pytest.fixture
def project(clip: Project, tmp_path: Path) -> Project:
    """The clip with nothing on record yet."""
    return copied(clip, tmp_path / "project")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Not started yet; killed in the end."""
    if PROGRAM is None:
        pytest.skip("mosquitto is not here: apt-get install mosquitto")
    broker = Mosquitto(tmp_path)
    yield broker
    broker.kill()


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    """Hears everything that the broker, which is started for it, passes on from now."""
    broker.start()
    with Listener(broker.port) as listener:
        yield listener
