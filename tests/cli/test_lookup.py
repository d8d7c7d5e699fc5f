"""Ids by their beginning."""

from __future__ import annotations

import pytest

from tests.cli.project import BUS, Project
from traffic.cli.lookup import full_id
from traffic.errors import StoreError
from traffic.store.database import open_database
from traffic.store.tables import PassageRow


@pytest.mark.parametrize("beginning", [BUS, "aaaaaaa2", "AAAAAAA2", " aaaaaaa2- "])
def test_a_beginning_that_only_one_has(recorded: Project, beginning: str) -> None:
    with open_database(recorded.database) as engine:
        assert full_id(engine, PassageRow.passage_id, beginning, kind="passage") == BUS


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        ("", "found aaaaaaa1"),
        ("aaaa", "found aaaaaaa1"),
        ("aaaaaaa_", "found none"),
        ("%", "found none"),
        ("b", "list"),
    ],
)
def test_any_other_is_refused(recorded: Project, beginning: str, said: str) -> None:
    with open_database(recorded.database) as engine, pytest.raises(StoreError, match=said):
        full_id(engine, PassageRow.passage_id, beginning, kind="passage")
