"""An annotated video of a run: what the chain saw, followed and put on record."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from traffic.classification.vote import ClassVote
from traffic.config import CameraSettings
from traffic.datatypes import Case, Frame, Passage, SpeedEstimate, Tracks, Trajectory, UInt8Array
from traffic.memory import TrackMemory
from traffic.pipeline import Identified
from traffic.plates.display import display_text
from traffic.scene.lines import LineCounter
from traffic.scene.view import SceneView
from traffic.video.writer import VideoWriter

KMH_PER_MPS = 3.6
NOMINAL_FPS = 25.0
TICKS_PER_SECOND = 90_000
RECENT_OBSERVATIONS = 50
SPEED_EVERY_OBSERVATIONS = 5
NEWS_LINES = 5
NEWS_LASTS_NS = 6_000_000_000

Colour = tuple[int, int, int]
CLASS_COLOURS: dict[str, Colour] = {
    "car": (80, 200, 80),
    "van": (200, 180, 60),
    "bus": (60, 160, 240),
    "truck": (200, 90, 200),
    "motorcycle": (90, 220, 230),
}
LINE_COLOUR: Colour = (60, 220, 250)
ALARM: Colour = (60, 60, 235)
WHITE: Colour = (255, 255, 255)
DARK: Colour = (28, 26, 24)


class _Recent:
    """The last observations of one track, for its label."""

    def __init__(self) -> None:
        self.vote = ClassVote()
        self.pts_ns: deque[int] = deque(maxlen=RECENT_OBSERVATIONS)
        self.boxes: deque[list[float]] = deque(maxlen=RECENT_OBSERVATIONS)
        self.observations = 0
        self.speed: SpeedEstimate | None = None

    def trajectory(self, frame: Frame) -> Trajectory:
        height, width = frame.image.shape[:2]
        return Trajectory(np.array(self.pts_ns, np.int64), np.array(self.boxes, np.float32), (width, height))


class Preview:
    """Draws one camera's frames into an MP4; a context manager.

    Args:
        camera: whose frames are drawn; its lines are counted live.
        path: the MP4.
        may_keep: gives a case as it may go on record, see traffic.privacy: a plate that may not is not written here
            either. Without it none is.
    """

    def __init__(self, camera: CameraSettings, path: Path, may_keep: Callable[[Case], Case] | None = None) -> None:
        self._camera = camera
        self._may_keep = may_keep or _without_plate
        self._path = path
        self._view = SceneView(camera.scene)
        self._counter = LineCounter(camera.id, camera.scene.lines)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._recent = TrackMemory(_Recent)
        self._news: deque[tuple[int, str, Colour]] = deque(maxlen=NEWS_LINES)
        self._writer: VideoWriter | None = None

    def show(self, identified: Identified) -> None:
        """Draw the batch's frames of this camera.

        Raises:
            SourceError: the video cannot be written.
        """
        for frame, tracks in zip(identified.batch.frames, identified.tracks, strict=True):
            if frame.camera_id == self._camera.id:
                self._write(frame, self._draw(frame, tracks))
        for camera_id, track_ids in identified.closed:
            self._forget(camera_id, track_ids)
        for case in identified.cases:
            if case.passage.camera_id == self._camera.id:
                self._tell(case)

    def _draw(self, frame: Frame, tracks: Tracks) -> UInt8Array:
        image = frame.image.copy()
        for _, crossing in self._counter.update(tracks, frame.pts_ns):
            self._counts[crossing.line, crossing.direction] += 1
        self._draw_lines(image)
        for row, track_id in enumerate(tracks.track_ids.tolist()):
            self._draw_track(image, frame, tracks, row, track_id)
        self._forget(frame.camera_id, tracks.ended_ids)
        self._draw_header(image, frame)
        self._draw_news(image, frame.pts_ns)
        return image

    def _forget(self, camera_id: str, track_ids: Sequence[int]) -> None:
        for track_id in track_ids:
            self._recent.forget(camera_id, track_id)
        if camera_id == self._camera.id:
            self._counter.forget(track_ids)

    def _draw_track(self, image: UInt8Array, frame: Frame, tracks: Tracks, row: int, track_id: int) -> None:
        recent = self._recent.recall(frame.camera_id, track_id)
        recent.vote.add(int(tracks.class_ids[row]), float(tracks.scores[row]))
        recent.pts_ns.append(frame.pts_ns)
        recent.boxes.append(tracks.xyxy[row].tolist())
        kind, _ = recent.vote.winner()
        if recent.observations % SPEED_EVERY_OBSERVATIONS == 0:
            recent.speed = self._view.speed(recent.trajectory(frame), kind)
        recent.observations += 1
        words = f"{track_id} {kind}" + (f" {recent.speed.speed_mps * KMH_PER_MPS:.0f} km/h" if recent.speed else "")
        x1, y1, x2, y2 = (round(value) for value in tracks.xyxy[row].tolist())
        colour = CLASS_COLOURS[kind]
        cv2.rectangle(image, (x1, y1), (x2, y2), colour, 2, cv2.LINE_AA)
        _label(image, words, (x1, y1), colour)

    def _draw_lines(self, image: UInt8Array) -> None:
        for line in self._camera.scene.lines:
            start, end = (tuple(round(value) for value in point) for point in line.points)
            cv2.line(image, start, end, LINE_COLOUR, 2, cv2.LINE_AA)

    def _draw_header(self, image: UInt8Array, frame: Frame) -> None:
        counts = "   ".join(
            f"{line.name}: {self._counts[line.name, 'forward']} forward, {self._counts[line.name, 'backward']} backward"
            for line in self._camera.scene.lines
        )
        words = f"{frame.camera_id}   {frame.captured_at:%Y-%m-%d %H:%M:%S} UTC   {counts}"
        image[:28] = (image[:28] * 0.35).astype(np.uint8)
        cv2.putText(image, words, (10, 19), cv2.FONT_HERSHEY_SIMPLEX, 0.5, WHITE, 1, cv2.LINE_AA)

    def _draw_news(self, image: UInt8Array, pts_ns: int) -> None:
        fresh = [(words, colour) for told_ns, words, colour in self._news if pts_ns - told_ns < NEWS_LASTS_NS]
        height = image.shape[0]
        for row, (words, colour) in enumerate(reversed(fresh)):
            _label(image, words, (10, height - 8 - 24 * row), colour, scale=0.5)

    def _tell(self, case: Case) -> None:
        passage = self._may_keep(case).passage
        rules = ", ".join(violation.rule.replace("_", " ") for violation in case.violations)
        words = f"{in_words(passage)}: {rules or 'passage recorded'}"
        self._news.append((passage.end_pts_ns, words, ALARM if rules else DARK))

    def _write(self, frame: Frame, image: UInt8Array) -> None:
        height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = VideoWriter(self._path, (width, height), NOMINAL_FPS, TICKS_PER_SECOND)
        self._writer.write(image[:height, :width], frame.pts_ns * TICKS_PER_SECOND // 1_000_000_000)

    def __enter__(self) -> Preview:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.__exit__(kind, error, trace)


def in_words(passage: Passage) -> str:
    """What is known of a passage: track, colour, type, speed and plate."""
    speed = f"{passage.speed.speed_mps * KMH_PER_MPS:.0f} km/h" if passage.speed else ""
    plate = passage.plate
    text = display_text(plate.text, plate.country, plate.format) if plate else ""
    kind = passage.vehicle_type.replace("_", " ")
    return " ".join(word for word in (str(passage.track_id), passage.colour, kind, speed, text) if word)


def _without_plate(case: Case) -> Case:
    return replace(case, passage=replace(case.passage, plate=None))


def _label(image: UInt8Array, words: str, foot: tuple[int, int], colour: Colour, *, scale: float = 0.45) -> None:
    """A filled label whose lower left corner is `foot`, kept inside the picture."""
    (width, height), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    x = min(max(foot[0], 0), max(0, image.shape[1] - width - 8))
    y = max(foot[1], height + 8)
    cv2.rectangle(image, (x, y - height - 8), (x + width + 8, y), colour, cv2.FILLED)
    ink = WHITE if sum(colour) < 420 else DARK
    cv2.putText(image, words, (x + 4, y - 5), cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 1, cv2.LINE_AA)
