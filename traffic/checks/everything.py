"""All checks of a config."""

from __future__ import annotations

from collections.abc import Iterator

from traffic.checks.camera import check_camera
from traffic.checks.device import check_device
from traffic.checks.models import check_backend, check_further_model, check_model
from traffic.checks.plates import check_consensus, check_lists, check_privacy, check_sections
from traffic.checks.record import check_broker, check_evidence, check_record
from traffic.checks.result import CheckResult
from traffic.config import Config
from traffic.inference.model_card import ClassifierCard, PlateLocatorCard, PlateReaderCard
from traffic.privacy.person_card import PersonDetectorCard


def run_checks(config: Config) -> Iterator[CheckResult]:
    """Try everything, one after the other; what fails does not keep the rest from being tried.

    The evidence folder is made where it is missing; nothing else is changed.
    """
    for camera in config.cameras:
        yield from check_camera(camera)
    yield check_model(config.detector)
    yield check_further_model("types and colours", config.classifier.model, ClassifierCard)
    yield check_further_model("plate locator", config.plates.locator, PlateLocatorCard)
    yield check_further_model("plate reader", config.plates.reader, PlateReaderCard)
    if config.privacy.hides_people:
        yield check_further_model("people", config.privacy.person_detector, PersonDetectorCard)
    yield check_consensus(config.plates)
    yield check_backend(config.inference)
    yield from check_device(config)
    yield from check_lists(config.lists)
    yield from check_sections(config.sections, config.cameras)
    yield check_privacy(config.privacy)
    yield check_record(config.database)
    yield check_evidence(config.evidence)
    yield check_broker(config.mqtt)
