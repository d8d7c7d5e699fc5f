"""How good a tracker is on labelled sequences, beside others on the same detections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traffic.evaluation.tracking_metrics import TrackingScores, tracking_scores
from traffic.evaluation.tracking_peers import Begin, Told
from traffic.evaluation.tracking_sequences import LabelledSequence, judge


@dataclass(frozen=True, slots=True)
class TrackerResult:
    """One tracker on all sequences at one frame rate.

    Attributes:
        tracker: its name.
        fps: frames a second of the first sequence.
        frames: of all sequences.
        scores: what came out.
        by_sequence: (name, scores) of each sequence alone.
    """

    tracker: str
    fps: float
    frames: int
    scores: TrackingScores
    by_sequence: tuple[tuple[str, TrackingScores], ...] = ()


def evaluate_trackers(
    trackers: Mapping[str, Begin], sequences: Sequence[LabelledSequence], steps: Sequence[int] = (1,)
) -> tuple[TrackerResult, ...]:
    """Every tracker on every `step`-th frame of the sequences, for each step."""
    return tuple(
        evaluate_tracker(name, begin, [sequence.every(step) for sequence in sequences])
        for step in steps
        for name, begin in trackers.items()
    )


def evaluate_tracker(name: str, begin: Begin, sequences: Sequence[LabelledSequence]) -> TrackerResult:
    """A tracker begun anew for each sequence."""
    judged = [judge(sequence, follow(begin, sequence)) for sequence in sequences]
    frames = sum(len(sequence.truth) for sequence in sequences)
    alone = [(sequence.name, tracking_scores([each])) for sequence, each in zip(sequences, judged, strict=True)]
    return TrackerResult(name, sequences[0].fps, frames, tracking_scores(judged), tuple(alone))


def follow(begin: Begin, sequence: LabelledSequence) -> list[Told]:
    """What a tracker tells of each frame."""
    update = begin(sequence.fps)
    return [update(seen, pts_ns) for seen, pts_ns in zip(sequence.detections, sequence.pts_ns, strict=True)]
