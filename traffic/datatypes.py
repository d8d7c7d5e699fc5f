"""The records that flow between the stages, and the conventions that hold everywhere.

- `xyxy`: float32 pixels of the source frame, x2 and y2 exclusive. No other box format crosses a module border.
- `pts_ns`: media time in integer nanoseconds, the only clock for durations and speed.
- `*_at`: aware UTC. It labels records; nothing is computed from it.
- SI units inside; km/h only where a person reads or writes it.
- Arrays are read-only once they are in a record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

VEHICLE_CLASSES = ("car", "van", "bus", "truck", "motorcycle")
"""What the detector tells apart; a class id is an index into this tuple."""

VEHICLE_TYPES = ("car", "van", "pickup", "truck", "articulated_truck", "bus", "motorcycle")
"""What a passage may be; without a classifier it is one of VEHICLE_CLASSES. "truck" is a rigid one."""

VEHICLE_COLOURS = ("white", "black", "grey", "red", "blue", "green", "yellow", "brown")
"""The colours of passages; grey is also silver, yellow is also orange."""

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
Int64Array = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of one camera.

    Attributes:
        camera_id: the camera's id in the config.
        recording_id: names the recording; the same for every replay of a file, new for each start of a live stream.
        index: 0 for the first frame that the source delivered, then 1 more for each.
        pts_ns: media time; strictly rising within a recording.
        captured_at: the UTC label of `pts_ns`.
        image: (height, width, 3) uint8, BGR, read-only.
    """

    camera_id: str
    recording_id: str
    index: int
    pts_ns: int
    captured_at: datetime
    image: UInt8Array

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"image: expected (h, w, 3) uint8, got {self.image.shape} {self.image.dtype}")
        self.image.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The vehicles found in one frame, n of them, n >= 0.

    Attributes:
        xyxy: (n, 4) float32.
        scores: (n,) float32 in 0..1.
        class_ids: (n,) int64, indices into VEHICLE_CLASSES.
    """

    xyxy: Float32Array
    scores: Float32Array
    class_ids: Int64Array

    def __post_init__(self) -> None:
        n = len(self.scores)
        _freeze("xyxy", self.xyxy, (n, 4), np.float32)
        _freeze("scores", self.scores, (n,), np.float32)
        _freeze("class_ids", self.class_ids, (n,), np.int64)

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def empty(cls) -> Detections:
        """No vehicle."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The confirmed tracks that were seen in one frame, n of them, and those that ended.

    Attributes:
        track_ids: (n,) int64, positive; never shared between two vehicles of a camera and never reused.
        detection_index: (n,) int64, the row of the frame's Detections that the track was matched with.
        xyxy: (n, 4) float32, the matched detection's box.
        scores: (n,) float32.
        class_ids: (n,) int64, of this detection alone (the vote over the track is made later).
        ended_ids: confirmed tracks that will never be seen again; each id is told once.
    """

    track_ids: Int64Array
    detection_index: Int64Array
    xyxy: Float32Array
    scores: Float32Array
    class_ids: Int64Array
    ended_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.track_ids)
        _freeze("track_ids", self.track_ids, (n,), np.int64)
        _freeze("detection_index", self.detection_index, (n,), np.int64)
        _freeze("xyxy", self.xyxy, (n, 4), np.float32)
        _freeze("scores", self.scores, (n,), np.float32)
        _freeze("class_ids", self.class_ids, (n,), np.int64)

    def __len__(self) -> int:
        return len(self.track_ids)


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """Where one vehicle was, n observations in rising media time, n >= 1.

    Attributes:
        pts_ns: (n,) int64, strictly rising.
        xyxy: (n, 4) float32.
        frame_size: (width, height) in pixels, to know which boxes the border cuts.
    """

    pts_ns: Int64Array
    xyxy: Float32Array
    frame_size: tuple[int, int]

    def __post_init__(self) -> None:
        n = len(self.pts_ns)
        if n == 0:
            raise ValueError("a trajectory has at least one observation, got none")
        _freeze("pts_ns", self.pts_ns, (n,), np.int64)
        _freeze("xyxy", self.xyxy, (n, 4), np.float32)

    def __len__(self) -> int:
        return len(self.pts_ns)

    @property
    def ground_points(self) -> Float64Array:
        """(n, 2) pixels: the middle of each box's lower edge, where the vehicle meets the road."""
        x1, _, x2, y2 = self.xyxy.astype(np.float64).T
        return np.stack([(x1 + x2) / 2, y2], axis=1)


@dataclass(frozen=True, slots=True)
class LineCrossing:
    """A vehicle went over a counting line.

    Attributes:
        line: the line's name.
        direction: walk along the line in the image, from its first point to its last: "forward" goes from your left
            hand to your right, "backward" the other way. A line drawn from left to right is crossed forward by a
            vehicle that moves down the image.
        pts_ns: interpolated media time of the crossing.
    """

    line: str
    direction: str
    pts_ns: int


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """A speed fitted over a stretch of the road plane.

    Attributes:
        speed_mps: metres a second, >= 0.
        standard_error_mps: one standard error: of the fit, the calibration's scale, and changes within the stretch.
        heading_deg: direction of travel on the road plane, degrees from the +y axis (along the road) towards +x,
            -180..180.
        distance_m: length of the stretch.
        start_pts_ns, end_pts_ns: media time of its ends.
    """

    speed_mps: float
    standard_error_mps: float
    heading_deg: float
    distance_m: float
    start_pts_ns: int
    end_pts_ns: int


@dataclass(frozen=True, slots=True)
class PlateReading:
    """What the plate reader made of one crop.

    Attributes:
        text: Latin look-alikes ABEKMHOPCTYX for ГРЗ; upper case; no spaces.
        probabilities: one per character of `text`, 0..1.
        pts_ns: the frame that was read.
        xyxy: the plate's box in that frame, (x1, y1, x2, y2).
        country: the country that the reader saw, one of its model card's; empty where it tells none.
        country_probability: of that country, 0..1.
        quality: how well the plate could be seen, 0..1.
        slots: (slots, symbols) float32, the reader's whole answer: for each slot the probability of "nothing" (column
            0) and of every character of its alphabet; None where only the text is known.
    """

    text: str
    probabilities: tuple[float, ...]
    pts_ns: int
    xyxy: tuple[float, float, float, float]
    country: str = ""
    country_probability: float = 0.0
    quality: float = 1.0
    slots: Float32Array | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlateAlternative:
    """Another text that a plate may have, and how probable it is, 0..1."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Plate:
    """The plate of a passage: the consensus of its readings.

    Attributes:
        text: as in PlateReading.
        probability: that the whole text is right, 0..1.
        readings: how many readings agree with `text`.
        best: the reading that agrees best; its frame goes into the evidence.
        country: ISO 3166 code in lower case ("ru") of the format that the text has; None where it has none.
        format: that format's name within the country, as in `traffic/plates/formats`; None where it has none.
        certain: probable enough, and read alike at least twice.
        alternatives: the next most probable texts, falling.
    """

    text: str
    probability: float
    readings: int
    best: PlateReading
    country: str | None = None
    format: str | None = None
    certain: bool = False
    alternatives: tuple[PlateAlternative, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VehicleCrop:
    """A vehicle in a frame, to be looked at closely: the frame and the vehicle's box in it, (x1, y1, x2, y2)."""

    frame: Frame
    xyxy: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """The frame that shows a vehicle best: what evidence is made from.

    Attributes:
        frame: the picture.
        xyxy: the vehicle's box in it, (x1, y1, x2, y2).
        others: (n, 4) float32, the boxes of the other vehicles seen in it.
    """

    frame: Frame
    xyxy: tuple[float, float, float, float]
    others: Float32Array = field(default_factory=lambda: np.zeros((0, 4), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One vehicle through one camera's view.

    Attributes:
        passage_id: a UUID made from the recording, the track and its first moment, so a replay gives the same.
        camera_id, recording_id, track_id: where it comes from.
        start_pts_ns, end_pts_ns, started_at, ended_at: first and last observation.
        vehicle_type: one of VEHICLE_TYPES.
        vehicle_type_share: how probable the type is by classifier and detector together, 0..1; without a
            classifier, the share of the detector's weighted votes.
        colour: one of VEHICLE_COLOURS, or None where it cannot be told.
        plate: None where none was read, or where only its hash may be kept.
        plate_hash: keyed hash of the plate's text, hexadecimal, where the config keeps that instead of the text.
        plate_certain: whether the plate was certain, told where only its hash is kept.
        speed: None where the camera is not calibrated or the stretch was too short.
        crossings: counting lines it went over, in order.
        trajectory: where it was.
    """

    passage_id: str
    camera_id: str
    recording_id: str
    track_id: int
    start_pts_ns: int
    end_pts_ns: int
    started_at: datetime
    ended_at: datetime
    vehicle_type: str
    vehicle_type_share: float
    colour: str | None
    plate: Plate | None
    speed: SpeedEstimate | None
    crossings: tuple[LineCrossing, ...]
    trajectory: Trajectory
    plate_hash: str | None = None
    plate_certain: bool | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One measured or configured figure that a violation rests on: ("speed", 19.4, "m/s")."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken in a passage: evidence for review, a person decides.

    Attributes:
        violation_id: a UUID made from the passage and the rule.
        rule: the rule's name, as in the config.
        pts_ns, occurred_at: the moment the rule names.
        facts: the figures it rests on, SI units.
    """

    violation_id: str
    passage_id: str
    camera_id: str
    rule: str
    pts_ns: int
    occurred_at: datetime
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ListHit:
    """A plate is on a list.

    Attributes:
        list_name: the list's name in the config.
        kind: "watch", "deny" or "allow".
        entry: the list's line that it was found by, canonical: a plate, or a pattern with `*` and `?`.
        match: "exact", "pattern", or "alike": one confusable character differs, so a person looks at it.
        note: what the list says beside the entry.
    """

    list_name: str
    kind: str
    entry: str
    match: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One evidence picture on disk.

    Attributes:
        path: relative to the evidence folder, with forward slashes.
        sha256: of the file's bytes, hexadecimal.
        size_bytes: of the file.
    """

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A finished passage with everything that has to be put on record for it.

    Attributes:
        passage: the passage.
        shot: the frame that shows the vehicle best.
        violations: the rules it broke; empty for most.
        hits: the lists that its plate is on.
        exempt_by: why its violations were dropped ("list fire_brigade", "plate format ru 20"); None for most.
    """

    passage: Passage
    shot: Shot
    violations: tuple[Violation, ...] = ()
    hits: tuple[ListHit, ...] = ()
    exempt_by: str | None = None


def _freeze(name: str, array: NDArray[np.generic], shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(f"{name}: expected {shape} {np.dtype(dtype)}, got {array.shape} {array.dtype}")
    array.flags.writeable = False
