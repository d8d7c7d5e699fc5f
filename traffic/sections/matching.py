"""Which passage at the exit belongs to which at the entry: passages in, pairs out, in whatever order they come.

Every exit, in the order of the moments, takes the nearest entry before it with the same plate that no earlier exit
took and that is not older than `maximum_duration_s`. What then is left is paired in the same way by plates that differ
in one character: another one, one too many, or one too few. The same passages give the same pairs, however they are
ordered; and whether an exit belongs to an entry depends on nothing but the passages from `maximum_duration_s` before
the entry to as long after the exit, so that a part of the record can be matched alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from traffic.sections.misread import LeftOpen
from traffic.sections.passage import SectionPassage
from traffic.sections.settings import SectionSettings
from traffic.store.transits import Match


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry and the exit that belongs to it.

    Attributes:
        entry, exit: the two passages.
        match: "exact" by the plates' texts, "hash" by their hashes, "alike" but for one character.
        same_plate: all passages at either camera with this plate, these two among them, in order of their moments.
        others_inside: of these the other entries not longer than `maximum_duration_s` before the exit that no exit had
            taken by then: they may be what left just as well.
    """

    entry: SectionPassage
    exit: SectionPassage
    match: Match
    same_plate: tuple[SectionPassage, ...]
    others_inside: tuple[SectionPassage, ...] = ()


def match_passages(passages: Iterable[SectionPassage], section: SectionSettings) -> list[Pair]:
    """The pairs among the passages at the section's two cameras, in the order of their exits."""
    ordered = sorted(passages, key=lambda passage: _order(passage, section))
    pairs = _same_plates(ordered, section)
    taken = {passage.passage_id for pair in pairs for passage in (pair.entry, pair.exit)}
    left = [passage for passage in ordered if passage.passage_id not in taken]
    pairs += _misread_plates(left, section)
    return sorted(pairs, key=lambda pair: pair.exit.order)


def _order(passage: SectionPassage, section: SectionSettings) -> tuple[datetime, bool, str]:
    """At one moment exits come first: who enters just then has not left yet."""
    return passage.moment.at, passage.camera_id == section.entry, passage.passage_id


def _same_plates(ordered: Sequence[SectionPassage], section: SectionSettings) -> list[Pair]:
    return [
        pair
        for group in _groups(ordered, lambda passage: passage.plate_hash or passage.plate_text)
        for pair in _nearest_pairs(tuple(group), section)
    ]


def _groups(
    ordered: Iterable[SectionPassage], key: Callable[[SectionPassage], str | None]
) -> list[list[SectionPassage]]:
    groups: defaultdict[str, list[SectionPassage]] = defaultdict(list)
    for passage in ordered:
        name = key(passage)
        if name:
            groups[name].append(passage)
    return list(groups.values())


def _nearest_pairs(group: tuple[SectionPassage, ...], section: SectionSettings) -> Iterator[Pair]:
    inside: list[SectionPassage] = []
    for passage in group:
        if passage.camera_id == section.entry:
            inside.append(passage)
            continue
        oldest = _oldest(passage, section)
        inside = [entry for entry in inside if entry.moment.at >= oldest]
        if inside:
            entry = inside.pop()
            match: Match = "exact" if entry.plate_text and passage.plate_text else "hash"
            yield Pair(entry, passage, match, group, tuple(inside))


def _misread_plates(ordered: Iterable[SectionPassage], section: SectionSettings) -> Iterator[Pair]:
    inside = LeftOpen()
    for passage in ordered:
        if not passage.plate_text:
            continue
        if passage.camera_id == section.entry:
            inside.enter(passage)
            continue
        entry = inside.leave(passage, _oldest(passage, section))
        if entry is not None:
            yield Pair(entry, passage, "alike", (entry, passage))


def _oldest(exit_: SectionPassage, section: SectionSettings) -> datetime:
    return exit_.moment.at - timedelta(seconds=section.maximum_duration_s)
