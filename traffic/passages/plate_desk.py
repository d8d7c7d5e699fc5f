"""Which of the vehicles in view have their plates read, and what of it is put on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from traffic.datatypes import Plate
from traffic.passages.budget import ReadingBudget, promise
from traffic.passages.history import TrackHistory
from traffic.passages.pace import Pace, PaceLimits
from traffic.passages.sight import Sight
from traffic.plates.consensus import PlateConsensus, PlateVotes
from traffic.plates.reader import PlateReader, PlateSettings

READING_REST_S = 1.0
"""A vehicle that was read often enough and is seen no better is read again after this, then after twice this, ..."""

Seen = tuple[TrackHistory, Sight]


@dataclass(slots=True)
class PlateTally:
    """What became of plates so far.

    Attributes:
        over_budget: how often a vehicle was due to be read in a frame, and others came first: one that waits counts in
            every frame.
        passages: finished passages by what is on record of their plates: "certain", "probable", "improbable" (read, but
            kept off the record), or "not read".
    """

    over_budget: int = 0
    passages: Counter[str] = field(default_factory=Counter)


class PlateDesk:
    """Has the plates of tracked vehicles read, the most promising ones first where the budget is short.

    Args:
        reader: reads the plates of all cameras.
        settings: how often.
        consensus: makes one plate of many readings.
        cameras: how many share the budget.
    """

    def __init__(self, reader: PlateReader, settings: PlateSettings, consensus: PlateConsensus, cameras: int) -> None:
        self._reader = reader
        self._settings = settings
        self._consensus = consensus
        self._budget = ReadingBudget(settings.maximum_per_second, cameras)
        self.tally = PlateTally()

    def new_votes(self) -> PlateVotes:
        """For one vehicle."""
        return PlateVotes(self._consensus)

    def new_pace(self) -> Pace:
        """For one vehicle."""
        wanted = self._settings
        limits = PaceLimits(wanted.minimum_interval_s, wanted.maximum_readings, wanted.readings_alike, READING_REST_S)
        return Pace(limits)

    def read(self, seen: Sequence[Seen]) -> None:
        """Read those of the vehicles of one frame that are due, as many as the budget allows."""
        chosen = self._most_promising([each for each in seen if self._is_due(*each)])
        readings = self._reader.read([sight.crop() for _, sight in chosen]) if chosen else ()
        for (history, sight), reading in zip(chosen, readings, strict=True):
            history.read(sight, reading)

    def on_record(self, plate: Plate | None, vehicle_type: str) -> Plate | None:
        """The plate of a finished passage, of the format that such vehicles bear, counted; None where it is too much of
        a guess.
        """
        if plate is None:
            self.tally.passages["not read"] += 1
            return None
        if plate.probability < self._settings.minimum_probability:
            self.tally.passages["improbable"] += 1
            return None
        self.tally.passages["certain" if plate.certain else "probable"] += 1
        return self._consensus.of_vehicle(plate, vehicle_type)

    def _is_due(self, history: TrackHistory, sight: Sight) -> bool:
        x1, _, x2, _ = sight.xyxy
        wide = x2 - x1 >= self._settings.minimum_vehicle_width_px
        if not wide or not history.readings.is_due(sight.frame.pts_ns, history.quality):
            return False
        plate = history.plates.consensus()
        return plate is None or not plate.certain or plate.readings < self._settings.certain_readings

    def _most_promising(self, due: list[Seen]) -> list[Seen]:
        if not due:
            return due
        frame = due[0][1].frame
        granted = self._budget.granted(frame.camera_id, frame.pts_ns, len(due))
        if granted == len(due):
            return due
        self.tally.over_budget += len(due) - granted
        promises = [_promise(history, sight) for history, sight in due]
        rows = sorted(range(len(due)), key=lambda row: -promises[row])[:granted]
        return [due[row] for row in sorted(rows)]


def _promise(history: TrackHistory, sight: Sight) -> float:
    height, width = sight.frame.image.shape[:2]
    plate = history.plates.consensus()
    return promise(plate.probability if plate else 0.0, history.view, history.leaving_s((width, height)))
