"""Deletes the pictures of passages that broke no rule, once no section can need them any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path, PurePosixPath

from sqlalchemy import Engine

from traffic.errors import EvidenceError
from traffic.evidence.files import safe_name
from traffic.evidence.settings import EvidenceSettings
from traffic.sections.plan import NO_PICTURE
from traffic.sections.settings import SectionSettings
from traffic.store.pictures import Awaited, RecordedPicture, forget_pictures, pictured, unneeded_pictures

MARGIN = timedelta(hours=1)
"""Added to the time in which a section may need a picture."""
TRIED_FOR = timedelta(days=7)
"""So long after the exit a violation without evidence is tried again; its pictures stay meanwhile."""
PRUNE_EVERY = timedelta(hours=1)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many pictures were deleted, and how many of these were left over from a deletion that was cut short."""

    pictures: int = 0
    leftovers: int = 0


class PicturePruner:
    """Prunes once an hour, however often it is asked to.

    Args:
        engine, evidence, sections: see prune_pictures.
    """

    def __init__(self, engine: Engine, evidence: EvidenceSettings, sections: Sequence[SectionSettings]) -> None:
        self._engine = engine
        self._evidence = evidence
        self._sections = sections
        self._next: datetime | None = None

    def step(self, now: datetime) -> Pruned:
        """To be called when all sections are matched up to `now`, not before: what is not yet matched may be needed.

        Raises:
            StoreError, EvidenceError: see prune_pictures; it is tried again by the next call.
        """
        if self._next is not None and now < self._next:
            return Pruned()
        pruned = prune_pictures(self._engine, self._evidence, self._sections, now)
        self._next = now + PRUNE_EVERY
        return pruned


def prune_pictures(
    engine: Engine, evidence: EvidenceSettings, sections: Sequence[SectionSettings], now: datetime
) -> Pruned:
    """Delete the pictures of passages at the sections' cameras that belong to no violation and are old enough.

    Old enough is a passage, and its file too, for recordings are made of old days: maximum_duration_s + lateness_s of
    the camera's sections and a margin. The row forgets its picture first, then the file goes; a file that was left
    between the two is found by the next call. A picture that is not in this folder is left to who has it.

    Args:
        engine: of the record, for writing.
        evidence: the folder.
        sections: all that the cameras of this folder belong to.
        now: aware.

    Raises:
        StoreError: the record cannot be read or written.
        EvidenceError: a file cannot be deleted.
    """
    before, awaited = _before(sections, now), Awaited(NO_PICTURE, now - TRIED_FOR)
    found = unneeded_pictures(engine, before, awaited)
    old = (each for each in found if _is_old(_inside(evidence.folder, each), before[each.camera_id]))
    pictures = 0
    while batch := {each.passage_id: each for each in islice(old, AT_ONCE)}:
        for passage_id in forget_pictures(engine, list(batch), awaited):
            _delete(evidence.folder / batch[passage_id].path)
            pictures += 1
    leftovers = _delete_leftovers(engine, evidence.folder, before)
    return Pruned(pictures + leftovers, leftovers)


def _before(sections: Sequence[SectionSettings], now: datetime) -> Mapping[str, datetime]:
    """Camera to the moment before which a picture is old."""
    before: dict[str, datetime] = {}
    for section in sections:
        needed_from = now - timedelta(seconds=section.maximum_duration_s + section.lateness_s) - MARGIN
        for camera in (section.entry, section.exit):
            before[camera] = min(before.get(camera, now), needed_from)
    return before


def _delete_leftovers(engine: Engine, folder: Path, before: Mapping[str, datetime]) -> int:
    """Files of passages that have no picture on record, or are on record no more."""
    deleted = 0
    for camera, moment in before.items():
        found = sorted((folder / safe_name(camera)).glob("*/passages/*.jpg"))
        files = (path for path in found if _is_old(path, moment))
        while batch := {path.stem: path for path in islice(files, AT_ONCE)}:
            kept = pictured(engine, list(batch))
            gone = [path for path in batch.values() if path.relative_to(folder).as_posix() not in kept]
            for path in gone:
                _delete(path)
            deleted += len(gone)
    return deleted


def _inside(folder: Path, picture: RecordedPicture) -> Path | None:
    """Where it lies; None where the record points out of the folder."""
    relative = PurePosixPath(picture.path)
    return None if relative.is_absolute() or ".." in relative.parts else folder / relative


def _is_old(path: Path | None, before: datetime) -> bool:
    """Whether there is a file that was written before a moment."""
    if path is None:
        return False
    try:
        written = path.stat().st_mtime
    except OSError:
        return False
    return datetime.fromtimestamp(written, timezone.utc) < before


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise EvidenceError(
            f"{path}: expected to delete a picture that is no longer needed, got: {error.strerror or error}",
            remedy="give the user that runs traffic the right to write there",
        ) from error
