"""The stages of a run that more than one room has a part in, put together from what the config names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from sqlalchemy import Engine as DatabaseEngine

from traffic.config import Config
from traffic.datatypes import Case
from traffic.errors import ConfigError
from traffic.events.settings import MqttSettings
from traffic.evidence.passage_picture import PassagePictureWriter
from traffic.evidence.writer import EvidenceWriter, NoRedactor, Redactor
from traffic.lists.book import ListBook
from traffic.lists.desk import ListDesk
from traffic.models import build_people_finder, build_plate_locator
from traffic.passages.identifier import Classifier, IdentifierSettings, PassageIdentifier
from traffic.plates.consensus import open_plate_consensus
from traffic.plates.reader import PlateReader
from traffic.privacy.privatiser import Privatiser
from traffic.privacy.redaction import PictureRedactor
from traffic.record import CaseRecorder, Keeping, Patience
from traffic.rules.judge import RulesJudge, build_rules
from traffic.scene.view import SceneView
from traffic.store.repository import RecordResult, Repository
from traffic.video.source import FileSource


def build_identifier(config: Config, classifier: Classifier, plate_reader: PlateReader) -> PassageIdentifier:
    """The identify stage.

    Raises:
        ModelError: the figures of the plates' consensus are missing or damaged.
    """
    views = {camera.id: SceneView(camera.scene) for camera in config.cameras}
    settings = IdentifierSettings(passages=config.passages, classifier=config.classifier, plates=config.plates)
    return PassageIdentifier(views, classifier, plate_reader, settings, open_plate_consensus(config.plates))


def build_judge(config: Config, on_trouble: Callable[[str, ConfigError], None]) -> tuple[ListDesk, ListBook]:
    """The judge stage, with the lists of plates, and those lists.

    Args:
        config: see there.
        on_trouble: told of a changed list that cannot be read: its name, and why; the list stays as it was.

    Raises:
        ConfigError: a rule needs something that its scene does not have, or a list cannot be read.
    """
    book = ListBook(config.lists, config.exempt_formats, on_trouble)
    rules = {camera.id: build_rules(camera.rules, camera.scene) for camera in config.cameras}
    return ListDesk(RulesJudge(rules), book), book


def build_recorder(
    config: Config,
    engine: DatabaseEngine,
    stack: ExitStack,
    patience: Patience,
    on_recorded: Callable[[Sequence[Case], RecordResult], None],
) -> CaseRecorder:
    """The record stage; `stack` closes the networks that look for what evidence must not show.

    Raises:
        ConfigError: the key of the plates' hashes is missing, too short or open to others.
        ModelError: a model or its card is missing, altered, or unfit for the backend.
    """
    # with a live camera it is the recorder that tries again, and tells of it; the repository does not wait as well
    database = config.database.model_copy(update={"retry_for_s": 0.0}) if patience.keeps_trying else config.database
    redactor = build_redactor(config, stack)
    ends = frozenset(camera for section in config.sections for camera in (section.entry, section.exit))
    keeping = Keeping(
        topic_prefix=(config.mqtt or MqttSettings()).topic_prefix,
        may_keep=Privatiser(config.privacy).case,
        pictures=PassagePictureWriter(config.evidence, redactor),
        pictured_cameras=ends,
    )
    repository = Repository(engine, database, patience.stop.wait)
    return CaseRecorder(EvidenceWriter(config.evidence, redactor), repository, keeping, patience, on_recorded)


def build_redactor(config: Config, stack: ExitStack) -> Redactor:
    """What hides other people's plates, and people, in the pictures that are kept, with networks of its own."""
    wanted = config.privacy
    if not (wanted.blur_others or wanted.hides_people):
        return NoRedactor()
    people = build_people_finder(config, stack) if wanted.hides_people else None
    return PictureRedactor(wanted, build_plate_locator(config, stack), people)  # which spares the accused one's plate


def is_live(config: Config) -> bool:
    """Whether any camera is more than a file: what it shows cannot be asked for again."""
    return any(not isinstance(camera.source, FileSource) for camera in config.cameras)
