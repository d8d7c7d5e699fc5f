"""The stages that a config asks for, put together and given cases."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from builders import case, reading

from traffic.config import Config, parse_config
from traffic.datatypes import Plate
from traffic.errors import ConfigError, ModelError
from traffic.evidence.writer import NoRedactor
from traffic.passages.identifier import NoClassifier
from traffic.plates.reader import NoPlateReader
from traffic.privacy.key import make_key, read_key
from traffic.privacy.plate_hash import PlateHasher
from traffic.record import Patience
from traffic.stages import build_identifier, build_judge, build_recorder, build_redactor, is_live
from traffic.store.database import open_for_recording
from traffic.store.queries import RecordFilter, list_passages

QUIET = "privacy: {blur_others: false, blur_people: false}\n"
SECTION = "sections: [{name: bridge, entry: north, exit: south, distance_m: 900, distance_error_m: 1, limit_kmh: 60}]\n"
PLATE = Plate("A123BC77", 0.99, 4, reading("A123BC77"), "ru", "1", certain=True)
READ = replace(case(), passage=replace(case().passage, plate=PLATE))


def config_of(folder: Path, more: str = QUIET, source: str = "{kind: file, path: a.mp4}") -> Config:
    return parse_config(
        f"cameras: [{{id: north, source: {source}}}]\n"
        f"database: {{url: 'sqlite:///{folder}/record.db'}}\nevidence: {{folder: {folder}/evidence}}\n{more}",
        {},
    )


def record(config: Config) -> None:
    with ExitStack() as stack:
        engine = stack.enter_context(open_for_recording(config.database))
        patience = Patience(
            keeps_trying=False, stop=threading.Event(), on_trouble=lambda _: None, on_relief=lambda: None
        )
        build_recorder(config, engine, stack, patience, lambda cases, result: None).record([READ])


def recorded(config: Config):
    with open_for_recording(config.database) as engine:
        (row,) = list_passages(engine, RecordFilter())
    return row


def test_a_plate_goes_on_record_as_it_is_where_nothing_else_is_asked_for(tmp_path):
    config = config_of(tmp_path)
    record(config)
    row = recorded(config)
    assert (row.plate_text, row.plate_format, row.plate_hash, row.picture_path) == ("A123BC77", "1", None, None)


def test_a_plate_of_nobody_who_broke_a_rule_goes_on_record_as_its_hash(tmp_path):
    make_key(tmp_path / "key")
    more = f"plates_without_violation: hash, key_file: {tmp_path}/key, blur_others: false, blur_people: false"
    config = config_of(tmp_path, f"privacy: {{{more}}}\n")
    record(config)
    row = recorded(config)
    assert (row.plate_text, row.plate_hash) == (None, PlateHasher(read_key(tmp_path / "key"))("A123BC77"))
    assert b"A123BC77" not in (tmp_path / "record.db").read_bytes()


def test_a_key_that_is_missing_stops_the_run_before_it_starts(tmp_path):
    more = f"plates_without_violation: hash, key_file: {tmp_path}/key, blur_others: false, blur_people: false"
    with pytest.raises(ConfigError, match="key"):
        record(config_of(tmp_path, f"privacy: {{{more}}}\n"))


def test_a_camera_at_the_end_of_a_section_keeps_a_picture(tmp_path):
    config = config_of(tmp_path, QUIET + SECTION)
    record(config)
    row = recorded(config)
    assert row.picture_path is not None
    assert (tmp_path / "evidence" / row.picture_path).stat().st_size == row.picture_size_bytes


def test_the_judge_looks_into_the_lists(tmp_path):
    (tmp_path / "stolen.csv").write_text("plate,note\nА 123 ВС 77,since May\n", encoding="utf-8")
    more = f"lists: [{{name: stolen, kind: watch, file: {tmp_path}/stolen.csv}}]\n"
    judge, book = build_judge(config_of(tmp_path, QUIET + more), lambda name, error: None)
    (judged,) = judge.judge([READ])
    assert [(hit.list_name, hit.match, hit.note) for hit in judged.hits] == [("stolen", "exact", "since May")]
    assert book.entries == {"stolen": 1}


def test_a_list_that_is_missing_stops_the_run_before_it_starts(tmp_path):
    more = f"lists: [{{name: stolen, kind: watch, file: {tmp_path}/stolen.csv}}]\n"
    with pytest.raises(ConfigError, match=r"stolen\.csv"):
        build_judge(config_of(tmp_path, QUIET + more), lambda name, error: None)


def test_the_plates_consensus_needs_its_figures(tmp_path):
    config = config_of(tmp_path, f"plates: {{consensus: {tmp_path}/none.json}}\n")
    with pytest.raises(ModelError, match=r"none\.json"):
        build_identifier(config, NoClassifier(), NoPlateReader())


def test_nothing_is_opened_to_hide_nothing(tmp_path):
    with ExitStack() as stack:
        assert isinstance(build_redactor(config_of(tmp_path), stack), NoRedactor)


@pytest.mark.parametrize(
    ("source", "live"),
    [("{kind: file, path: a.mp4}", False), ("{kind: rtsp, url: 'rtsp://127.0.0.1/1'}", True)],
    ids=["a file", "a stream"],
)
def test_what_a_live_camera_shows_cannot_be_asked_for_again(tmp_path, source, live):
    assert is_live(config_of(tmp_path, source=source)) == live
