"""What a check of the record finds, on a real database and a real broker."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.events.mosquitto import PROGRAM, Mosquitto, free_port
from traffic.checks.record import check_broker, check_evidence, check_record
from traffic.events.settings import MqttSettings
from traffic.evidence.settings import EvidenceSettings
from traffic.store.database import upgrade
from traffic.store.settings import DatabaseSettings


def database(file: Path) -> DatabaseSettings:
    return DatabaseSettings(url=f"sqlite:///{file}")


def test_a_database_that_is_not_there_yet_is_fine_and_not_made(tmp_path: Path) -> None:
    result = check_record(database(tmp_path / "data/a.db"))

    assert result.level == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the folder's place")

    result = check_record(database(tmp_path / "data/a.db"))

    assert result.level == "error"
    assert result.remedy


def test_a_current_database(tmp_path: Path) -> None:
    upgrade(database(tmp_path / "a.db"))

    assert check_record(database(tmp_path / "a.db")).level == "ok"


def test_an_empty_database_is_fine(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()

    result = check_record(database(tmp_path / "a.db"))

    assert (result.level, result.remedy) == ("ok", "")
    assert "empty: the first run makes the tables" in result.message


def test_a_foreign_database(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()

    assert check_record(database(tmp_path / "a.db")).level == "error"


def test_a_database_server_that_is_not_there() -> None:
    result = check_record(DatabaseSettings(url=f"postgresql://u@127.0.0.1:{free_port()}/traffic", connect_timeout_s=2))

    assert result.level == "error"
    assert result.remedy


def test_an_evidence_folder(tmp_path: Path) -> None:
    result = check_evidence(EvidenceSettings(folder=tmp_path / "evidence", minimum_free_mb=0))

    assert result.level == "ok"
    assert "GB free" in result.message


@pytest.mark.parametrize(
    ("folder", "minimum_free_mb"), [("file", 0), ("evidence", 10**9)], ids=["a file in its place", "too little space"]
)
def test_an_unfit_evidence_folder(tmp_path: Path, folder: str, minimum_free_mb: int) -> None:
    (tmp_path / "file").write_text("")

    result = check_evidence(EvidenceSettings(folder=tmp_path / folder, minimum_free_mb=minimum_free_mb))

    assert result.level == "error"
    assert result.remedy


def test_no_broker_is_fine() -> None:
    assert check_broker(None).level == "ok"


def test_a_broker_that_is_down_is_but_a_warning() -> None:
    result = check_broker(MqttSettings(port=free_port()))

    assert result.level == "warning"
    assert "events wait" in result.message
    assert result.remedy


def test_a_broker_whose_name_cannot_be_asked_for_is_but_a_warning() -> None:
    result = check_broker(MqttSettings().model_copy(update={"host": ""}))

    assert (result.level, "mqtt.host" in result.remedy) == ("warning", True)


@pytest.mark.skipif(PROGRAM is None, reason="mosquitto is not here: apt-get install mosquitto")
def test_a_broker_that_lets_us_in(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        assert check_broker(MqttSettings(port=broker.port)).level == "ok"
