"""Evidence pictures that accuse one vehicle and show nobody else: other plates and people are hidden in the frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from traffic.datatypes import Case, Float32Array, Shot, UInt8Array, VehicleCrop
from traffic.geometry import box_iou
from traffic.plates.locator import PlateCorners
from traffic.privacy.blur import Box, Patch, hide
from traffic.privacy.places import holds_middle, in_front, is_accused, occupies, part, to_border, wider, without
from traffic.privacy.settings import PrivacySettings

SMALLEST_LEGIBLE_PX = 80.0
"""The longer side of a vehicle whose plate may be legible: that of a smaller one is less than 6 pixels high."""
PLATE_PART = (0.12, 0.45, 0.88, 1.03)
"""Where vehicles bear their plates, as shares of the box: hidden where none was found there."""
PLATE_MARGIN = (0.15, 0.35)
"""Room around a plate that was found, as shares of its width and height."""
SAME_VEHICLE_IOU = 0.8
PERSON_COLUMNS = 3
"""Blocks across a person: a head is one of them."""
OCCUPANTS_PART = (0.0, 0.0, 1.0, 0.6)
"""Where those in a vehicle are seen, as shares of its box."""


class PlateFinder(Protocol):
    """The part of traffic.plates.locator.PlateLocator that is used here."""

    def locate(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateCorners | None]:
        """The best plate of each crop."""
        ...


class PersonFinder(Protocol):
    """The part of traffic.privacy.people.PeopleFinder that is used here."""

    def find(self, image: UInt8Array) -> Float32Array:
        """(n, 4) float32, the boxes of the people in a picture."""
        ...


class PictureRedactor:
    """Hides in the frame of a case what is nobody's business; the same case gives the same pixels.

    The accused vehicle's plate is never touched. Of the other vehicles the plate is hidden where the locator finds it,
    and the part where plates are where it finds none there, unless the accused vehicle stands in front of it. People
    are hidden from head to foot; those in or on the accused vehicle only where `blur_occupants` says so.

    Args:
        settings: what is hidden.
        plates: finds plates in vehicles; None hides the part where plates are.
        people: finds people; None finds none.
    """

    def __init__(self, settings: PrivacySettings, plates: PlateFinder | None, people: PersonFinder | None) -> None:
        self._settings = settings
        self._plates = plates
        self._people = people
        self._last: tuple[Case, Case] | None = None

    def redact(self, case: Case) -> Case:
        """The same case with another frame; asked again for the last case, the same object."""
        if self._last is None or self._last[0] is not case:
            self._last = case, self._redact(case)
        return self._last[1]

    def _redact(self, case: Case) -> Case:
        shot, others = case.shot, _others(case.shot)
        found = self._locate(shot, others)
        own = _own_plate(case, found[0], others)
        patches = [*self._of_plates(shot, others, found[1:], own), *self._of_people(shot)]
        if not patches:
            return case
        image = hide(shot.frame.image, patches, () if own is None else (own,))
        return replace(case, shot=replace(shot, frame=replace(shot.frame, image=image)))

    def _locate(self, shot: Shot, others: Sequence[Box]) -> Sequence[PlateCorners | None]:
        """The plate of the accused vehicle, and those of the others."""
        boxes = [shot.xyxy, *others]
        if self._plates is None:
            return [None] * len(boxes)
        return self._plates.locate([VehicleCrop(shot.frame, box) for box in boxes])

    def _of_plates(
        self, shot: Shot, others: Sequence[Box], found: Sequence[PlateCorners | None], own: Box | None
    ) -> Iterator[Patch]:
        if not self._settings.blur_others:
            return
        for box, plate in zip(others, found, strict=True):
            usual = part(box, PLATE_PART)
            place = to_border(usual, box, float(shot.frame.image.shape[1]))
            theirs = plate is not None and not is_accused(plate.xyxy, own, shot.xyxy, box)
            if plate is not None and theirs:
                yield Patch(wider(plate.xyxy, PLATE_MARGIN))
            doubtful = plate is None or not theirs or not holds_middle(usual, plate.xyxy)
            if doubtful and max(box[2] - box[0], box[3] - box[1]) >= SMALLEST_LEGIBLE_PX:
                yield from map(Patch, without(place, box, shot.xyxy))

    def _of_people(self, shot: Shot) -> Iterator[Patch]:
        wanted = self._settings.blur_people or self._settings.blur_occupants
        people = self._people.find(shot.frame.image).tolist() if self._people is not None and wanted else []
        for x1, y1, x2, y2 in people:
            occupant = occupies((x1, y1, x2, y2), shot.xyxy)
            if self._settings.blur_occupants if occupant else self._settings.blur_people:
                yield Patch((x1, y1, x2, y2), PERSON_COLUMNS)
        if self._settings.blur_occupants:
            yield Patch(part(shot.xyxy, OCCUPANTS_PART), PERSON_COLUMNS)


def _others(shot: Shot) -> list[Box]:
    """The other vehicles; a second box around the accused one is none."""
    own = np.array([shot.xyxy], np.float32)
    return [
        (x1, y1, x2, y2)
        for (x1, y1, x2, y2), overlap in zip(shot.others.tolist(), box_iou(shot.others, own)[:, 0], strict=True)
        if overlap < SAME_VEHICLE_IOU
    ]


def _own_plate(case: Case, found: PlateCorners | None, others: Sequence[Box]) -> Box | None:
    """Where this frame shows the accused vehicle's plate: where it was read, else where it is found.

    What is found on a vehicle that stands in front of it is that one's.
    """
    plate, vehicle = case.passage.plate, case.shot.xyxy
    if plate is not None and plate.best.pts_ns == case.shot.frame.pts_ns:
        return plate.best.xyxy
    if found is None or not holds_middle(vehicle, found.xyxy):
        return None
    hidden = any(holds_middle(other, found.xyxy) and in_front(other, vehicle) for other in others)
    return None if hidden else found.xyxy
