"""`traffic db`."""

from __future__ import annotations

import sqlite3

from tests.cli.project import Project, Traffic


def test_upgrade_makes_the_database_and_again_changes_nothing(traffic: Traffic, project: Project) -> None:
    for _ in range(2):
        answer = traffic("db", "upgrade", "-c", project.config)
        assert (answer.code, answer.err) == (0, "")
        assert "current schema, writable" in answer.out

    assert traffic("db", "current", "-c", project.config).code == 0


def test_upgrade_keeps_what_is_recorded(traffic: Traffic, recorded: Project) -> None:
    before = traffic("passages", "list", "--json", "-c", recorded.config).out

    assert traffic("db", "upgrade", "-c", recorded.config).code == 0
    assert traffic("passages", "list", "--json", "-c", recorded.config).out == before


def test_current_says_that_there_is_none(traffic: Traffic, project: Project) -> None:
    answer = traffic("db", "current", "-c", project.config)

    assert (answer.code, answer.out) == (1, "")
    assert "to mend it: traffic db upgrade" in answer.err


def test_a_foreign_database_is_left_alone(traffic: Traffic, project: Project) -> None:
    file = project.folder / "data/traffic.db"
    file.parent.mkdir()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()

    answer = traffic("db", "upgrade", "-c", project.config)

    assert answer.code == 1
    assert "traffic did not make" in answer.err
