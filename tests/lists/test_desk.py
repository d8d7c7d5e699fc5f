"""Hits and exemptions, in the judge stage."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from builders import STARTED_AT, case, passage, reading

from traffic.datatypes import Case, ListHit, Plate, Violation
from traffic.lists.book import ListBook
from traffic.lists.desk import ListDesk
from traffic.lists.settings import ListSettings

RULES = ("speeding", "wrong_way")


class Strict:
    """Finds every rule broken."""

    def judge(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        return tuple(replace(each, violations=tuple(violation(each, rule) for rule in RULES)) for each in cases)


def violation(of: Case, rule: str) -> Violation:
    return Violation(f"{rule}-1", of.passage.passage_id, of.passage.camera_id, rule, 0, STARTED_AT, ())


def seen(text, *, certain=True, plate_format="1"):
    return case(passage(plate=Plate(text, 0.97, 3, reading(text), "ru", plate_format, certain)))


class Lists:
    """List files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: list[ListSettings] = []

    def add(self, name, kind, text, exempts=()):
        path = self.folder / f"{name}.csv"
        path.write_text(text)
        self.settings.append(ListSettings(name=name, kind=kind, file=path, exempts=exempts))
        return self

    def desk(self, *formats):
        return ListDesk(Strict(), ListBook(self.settings, formats))


@pytest.fixture
def lists(tmp_path):
    return Lists(tmp_path)


def judged(desk, of):
    (result,) = desk.judge([of])
    return result


@pytest.mark.parametrize(
    ("what", "kind", "entry", "certain", "hit"),
    [
        ("a stolen car", "watch", "A123BC77", True, "exact"),
        ("a stolen car, read badly", "watch", "A123BC77", False, "exact"),
        ("a pattern", "deny", "A123*", True, "pattern"),
        ("one confusable character off", "deny", "A1238C77", True, "alike"),
        ("one confusable character off, on an allow list", "allow", "A1238C77", True, None),
        ("another car", "watch", "B001OP199", True, None),
        ("an allowed car", "allow", "A123BC77", True, "exact"),
    ],
)
def test_hits(lists, what, kind, entry, certain, hit):
    result = judged(lists.add("cars", kind, f"{entry},why\n").desk(), seen("A123BC77", certain=certain))
    assert result.hits == ((ListHit("cars", kind, entry, hit, "why"),) if hit else ())
    assert len(result.violations) == 2


def test_every_list_gives_its_hit_in_the_order_of_the_config(lists):
    desk = lists.add("b", "watch", "A123BC77\n").add("a", "deny", "A*\n").add("c", "watch", "X1\n").desk()
    assert [hit.list_name for hit in judged(desk, seen("A123BC77")).hits] == ["b", "a"]


def test_a_vehicle_without_a_plate_is_on_no_list(lists):
    result = judged(lists.add("all_of_them", "deny", "A*\n?*7\n").desk(), case())
    assert (result.hits, len(result.violations)) == ((), 2)


@pytest.mark.parametrize(
    ("what", "exempts", "entry", "certain", "kept", "why"),
    [
        ("the fire brigade", "all", "A123BC77", True, [], "list fire"),
        ("may be fast, not on the wrong side", ["speeding"], "A123BC77", True, ["wrong_way"], "list fire"),
        ("by a pattern", "all", "A123*", True, [], "list fire"),
        ("read uncertainly", "all", "A123BC77", False, ["speeding", "wrong_way"], None),
        ("but alike", "all", "A1238C77", True, ["speeding", "wrong_way"], None),
        ("allowed, but not exempt", (), "A123BC77", True, ["speeding", "wrong_way"], None),
    ],
)
def test_exempt_by_list(lists, what, exempts, entry, certain, kept, why):
    result = judged(lists.add("fire", "allow", f"{entry}\n", exempts).desk(), seen("A123BC77", certain=certain))
    assert [each.rule for each in result.violations] == kept
    assert result.exempt_by == why


@pytest.mark.parametrize(
    ("what", "plate_format", "certain", "violations", "why"),
    [
        ("police", "20", True, 0, "plate format ru 20"),
        ("police, read uncertainly", "20", False, 2, None),
        ("anybody", "1", True, 2, None),
    ],
)
def test_exempt_by_type_of_plate(lists, what, plate_format, certain, violations, why):
    result = judged(lists.desk("ru 20"), seen("A123477", certain=certain, plate_format=plate_format))
    assert (len(result.violations), result.exempt_by) == (violations, why)


def test_the_passage_of_an_exempt_vehicle_stays_as_it_was(lists):
    police = seen("A123477", plate_format="20")
    assert judged(lists.desk("ru 20"), police).passage is police.passage


def test_exemptions_and_hits_are_counted(lists):
    desk = lists.add("fire", "allow", "A123BC77\n", ["speeding"]).desk()
    desk.judge([seen("A123BC77"), seen("A123BC77"), seen("B001OP199")])
    assert desk.exempted == {("speeding", "list fire"): 2}
    assert desk.hits == {("fire", "exact"): 2}


def test_a_changed_list_holds_for_the_next_cases(tmp_path):
    times = iter(range(9))
    lists = Lists(tmp_path).add("stolen", "watch", "B001OP199\n")
    desk = ListDesk(Strict(), ListBook(lists.settings, clock_s=lambda: float(next(times))))
    assert judged(desk, seen("A123BC77")).hits == ()
    (tmp_path / "stolen.csv").write_text("A123BC77\n# and no other\n")
    desk.judge([])
    assert len(judged(desk, seen("A123BC77")).hits) == 1
