"""All lists together, while their files change."""

from datetime import datetime, timezone
from pathlib import Path

import pytest
from builders import reading
from structlog.testing import capture_logs

from traffic.datatypes import ListHit, Plate
from traffic.errors import ConfigError
from traffic.lists.book import ListBook
from traffic.lists.settings import ListSettings

NOW = datetime(2026, 5, 4, tzinfo=timezone.utc)


class Library:
    """Two lists in a folder, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.stolen, self.fire = folder / "stolen.csv", folder / "fire.csv"
        self.stolen.write_text("A123BC77,blue\n")
        self.fire.write_text("E001KX*,engine\n")
        self.settings = [
            ListSettings(name="stolen", kind="watch", file=self.stolen),
            ListSettings(name="fire", kind="allow", file=self.fire, exempts="all"),
        ]
        self.now_s = 0.0
        self.troubles: list[str] = []
        self.book = ListBook(self.settings, ("ru 20",), lambda name, _: self.troubles.append(name), lambda: self.now_s)

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now_s += 1.0
            self.book.refresh()


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path)


def plate(text="E001KX99", *, certain=True, plate_format="1"):
    return Plate(text, 0.9, 3, reading(text), "ru", plate_format, certain)


def test_what_is_found_is_a_hit_of_its_list(library):
    assert [found.hit for found in library.book.find("E001KX99", NOW)] == [
        ListHit("fire", "allow", "E001KX*", "pattern", "engine")
    ]


@pytest.mark.parametrize(
    ("what", "of", "reason"),
    [
        ("on the list", plate(), "list fire"),
        ("on the list, uncertain", plate(certain=False), None),
        ("on no list that exempts", plate("A123BC77"), None),
        ("of an exempt type", plate("A1234", plate_format="20"), "plate format ru 20"),
        ("of an exempt type, uncertain", plate("A1234", plate_format="20", certain=False), None),
    ],
)
def test_exempt(library, what, of, reason):
    assert library.book.exempt_by("speeding", of, library.book.find(of.text, NOW)) == reason


def test_changes_are_counted_list_by_list(library):
    library.stolen.write_text("A123BC77\nB001OP199\n")
    library.wait(3)
    assert library.book.entries == {"stolen": 2, "fire": 1}
    assert (library.book.reloads, library.book.refused) == ({"stolen": 1}, {})


def test_a_broken_list_is_told_once_and_counted_and_the_old_one_stays(library):
    library.stolen.write_text("A123BC77\nB001OP199\n*\n")
    with capture_logs() as logs:
        library.wait(4)
    assert [(line["event"], line["log_level"]) for line in logs] == [("list_not_taken", "error")]
    assert "stolen.csv, line 3" in logs[0]["detail"]
    assert library.troubles == ["stolen"]
    assert (library.book.refused, library.book.entries) == ({"stolen": 1}, {"stolen": 1, "fire": 1})
    assert len(library.book.find("A123BC77", NOW)) == 1


def test_one_broken_list_does_not_hold_up_the_others(library):
    library.stolen.write_text("*\n")
    library.fire.write_text("E001KX99\nE002KX99\n")
    library.wait(3)
    assert library.book.entries == {"stolen": 1, "fire": 2}


def test_a_list_that_cannot_be_read_at_the_start_is_an_error(library):
    library.fire.unlink()
    with pytest.raises(ConfigError, match="No such file"):
        ListBook(library.settings)


def test_without_lists_nothing_is_found_and_nobody_is_exempt():
    book = ListBook(())
    assert book.find("A123BC77", NOW) == ()
    assert book.exempt_by("speeding", plate(), ()) is None
