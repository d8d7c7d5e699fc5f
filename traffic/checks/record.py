"""Checks of where the record goes: database, evidence folder, broker."""

from __future__ import annotations

import os
from pathlib import Path

from traffic.checks.result import CheckResult, failed
from traffic.errors import EventsError, EvidenceError, StoreError
from traffic.events.settings import MqttSettings
from traffic.events.tail import Tail
from traffic.evidence.check import check_folder
from traffic.evidence.settings import EvidenceSettings
from traffic.store.database import check_before_recording, sqlite_file
from traffic.store.settings import DatabaseSettings

GIGABYTE = 1_000_000_000


def check_record(database: DatabaseSettings) -> CheckResult:
    """The database is there, current and writable, or will be made by the first run."""
    file = sqlite_file(database)
    if file is not None and not file.exists():
        return _check_absent_file(file)
    try:
        return CheckResult("database", "ok", check_before_recording(database))
    except StoreError as error:
        return failed("database", error)


def _check_absent_file(file: Path) -> CheckResult:
    folder = next(folder for folder in file.parents if folder.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return CheckResult(
            "database",
            "error",
            f"expected to make {file}, but nothing can be written in {folder}",
            "give another path in database.url, or let this user write there (chown or chmod)",
        )
    return CheckResult("database", "ok", f"{file} does not exist yet: the first run makes it")


def check_evidence(evidence: EvidenceSettings) -> CheckResult:
    """The evidence folder can be written and has space."""
    try:
        free = check_folder(evidence)
    except EvidenceError as error:
        return failed("evidence", error)
    return CheckResult("evidence", "ok", f"{evidence.folder}: writable, {free / GIGABYTE:.1f} GB free")


def check_broker(mqtt: MqttSettings | None) -> CheckResult:
    """The broker lets us in; if not, that is but a warning, because events wait in the database until it does."""
    if mqtt is None:
        return CheckResult("broker", "ok", "none configured: events wait in the database until one is")
    try:
        with Tail(mqtt):
            return CheckResult("broker", "ok", f"{mqtt.host}:{mqtt.port} lets us in")
    except EventsError as error:
        return CheckResult("broker", "warning", f"{error.problem}; events wait until it does", error.remedy)
