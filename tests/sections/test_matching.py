"""Which exit belongs to which entry: tables of a vehicle's passages, and a search through all pairs as the oracle."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sections.samples import ENTRY, EXIT, PLATE, passed, section
from traffic.sections.matching import Pair, match_passages
from traffic.sections.passage import SectionPassage

IN, OUT = ENTRY, EXIT


def times(pairs: Sequence[Pair]) -> list[tuple[int, int]]:
    return [(pair.entry.moment.pts_ns // 10**9, pair.exit.moment.pts_ns // 10**9) for pair in pairs]


@pytest.mark.parametrize(
    ("story", "seen", "expected"),
    [
        ("drives through", [(IN, 0), (OUT, 120)], [(0, 120)]),
        ("leaves without having entered", [(OUT, 120)], []),
        ("enters and turns off", [(IN, 0)], []),
        ("comes the other way", [(OUT, 0), (IN, 120)], []),
        ("two laps", [(IN, 0), (OUT, 120), (IN, 300), (OUT, 430)], [(0, 120), (300, 430)]),
        ("turns off, enters again, leaves", [(IN, 0), (IN, 200), (OUT, 330)], [(200, 330)]),
        ("turns round beyond the exit and passes it again", [(IN, 0), (OUT, 120), (OUT, 180)], [(0, 120)]),
        ("two with one plate, one behind the other", [(IN, 0), (IN, 5), (OUT, 120), (OUT, 125)], [(5, 120), (0, 125)]),
        ("stops for a meal", [(IN, 0), (OUT, 601)], []),
        ("just in time", [(IN, 0), (OUT, 600)], [(0, 600)]),
        ("an entry that is too old lies below a good one", [(IN, 0), (IN, 500), (OUT, 700), (OUT, 701)], [(500, 700)]),
        ("seen at both cameras at one moment", [(IN, 60), (OUT, 60)], []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_plate(story: str, seen: list[tuple[str, float]], expected: list[tuple[int, int]]) -> None:
    assert times(match_passages([passed(camera, at_s) for camera, at_s in seen], section())) == expected


@pytest.mark.parametrize(
    ("entered", "left", "match"),
    [
        ("A123BC77", "A123BC77", "exact"),
        ("A123BC77", "A128BC77", "alike"),  # 3 and 8 are in no group of look-alikes
        ("A123BC77", "A126BC77", "alike"),
        ("A125BC77", "A126BC77", "alike"),
        ("A123BC77", "A123C77", "alike"),  # a character was not read
        ("A123BC77", "123BC77", "alike"),
        ("A123BC77", "A123BC7", "alike"),
        ("A123BC77", "A1233BC77", "alike"),  # one was read twice
        ("A123BC77", "A132BC77", None),  # two changed places
        ("A123BC77", "A128BC7", None),
        ("A123BO77", "A123B077", "alike"),
        ("M123BC77", "H123BC77", "alike"),
        ("M123B077", "H123BO77", None),  # two characters
        ("A123BC77", "A123BC777", "alike"),
        ("A123BC77", "A123BC1777", None),
        (None, None, None),
    ],
)
def test_two_plates(entered: str | None, left: str | None, match: str | None) -> None:
    pairs = match_passages([passed(IN, 0, entered), passed(OUT, 120, left)], section())
    assert [pair.match for pair in pairs] == ([match] if match else [])


@pytest.mark.parametrize(
    ("entered", "left", "match"),
    [
        ((None, "aa"), (None, "aa"), "hash"),
        ((None, "aa"), (None, "ab"), None),
        ((PLATE, "aa"), (None, "aa"), "hash"),
        ((PLATE, "aa"), (PLATE, "aa"), "exact"),
        (("M123BC77", "aa"), ("H123BC77", "ab"), "alike"),
    ],
)
def test_hashes(entered: tuple[str | None, str], left: tuple[str | None, str], match: str | None) -> None:
    seen = [passed(IN, 0, entered[0], plate_hash=entered[1]), passed(OUT, 120, left[0], plate_hash=left[1])]
    assert [pair.match for pair in match_passages(seen, section())] == ([match] if match else [])


def test_the_same_plate_goes_before_a_nearer_one_that_is_alike() -> None:
    seen = [passed(IN, 0, "M123BC77"), passed(IN, 60, "H123BC77"), passed(OUT, 120, "M123BC77")]
    assert times(match_passages(seen, section())) == [(0, 120)]


def test_an_alike_plate_takes_no_entry_whose_own_plate_leaves_later() -> None:
    seen = [passed(IN, 0, "M123BC77"), passed(OUT, 110, "H123BC77"), passed(OUT, 120, "M123BC77")]
    assert times(match_passages(seen, section())) == [(0, 120)]


passages = st.lists(
    st.tuples(
        st.sampled_from([IN, OUT]),
        st.integers(0, 40).map(lambda step: step * 50),
        st.sampled_from(["M1", "H1", "M2", "M12", "H2", None]),
        st.sampled_from([None, None, "aa"]),
    ),
    max_size=14,
    unique=True,
).map(lambda rows: [passed(camera, at_s, plate, plate_hash=digest) for camera, at_s, plate, digest in rows])


@given(passages, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_pairs(seen: list[SectionPassage], chance: object) -> None:
    shuffled = list(seen)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert match_passages(shuffled, section()) == match_passages(seen, section())


@given(passages)
def test_a_search_through_all_pairs_finds_the_same(seen: list[SectionPassage]) -> None:
    found = {(pair.entry.passage_id, pair.exit.passage_id) for pair in match_passages(seen, section())}
    assert found == searched(seen)


def searched(seen: Sequence[SectionPassage]) -> set[tuple[str, str]]:
    """By the words of the rule: exits in order of time, each asks every entry; then again for plates that are alike."""
    taken: set[str] = set()
    found: set[tuple[str, str]] = set()
    for wanted in (same, misread):
        for exit_ in sorted((each for each in seen if each.camera_id == OUT), key=lambda each: each.order):
            entries = [
                each
                for each in seen
                if each.camera_id == IN
                and 0 < (exit_.moment.at - each.moment.at).total_seconds() <= 600
                and wanted(each, exit_)
                and not {each.passage_id, exit_.passage_id} & taken
            ]
            if entries:
                entry = max(entries, key=lambda each: each.order)
                taken |= {entry.passage_id, exit_.passage_id}
                found.add((entry.passage_id, exit_.passage_id))
    return found


def misread(a: SectionPassage, b: SectionPassage) -> bool:
    """One text is among all that come of the other by changing, putting in or leaving out a character."""
    one, other = a.plate_text, b.plate_text
    if not one or not other or one == other:
        return False
    cuts = [(one[:at], one[at:]) for at in range(len(one) + 1)]
    return any(
        other in (before + after[1:], before + new + after, before + new + after[1:])
        for before, after in cuts
        for new in "MH12"
    )


def same(a: SectionPassage, b: SectionPassage) -> bool:
    if a.plate_hash or b.plate_hash:
        return a.plate_hash == b.plate_hash
    return a.plate_text is not None and a.plate_text == b.plate_text
