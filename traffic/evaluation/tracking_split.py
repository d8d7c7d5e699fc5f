"""What the tracker is worth on sequences that its constants were not chosen on:
`python -m traffic.evaluation.tracking_split KITTI_FOLDER`.

Two halves, every second sequence each. On each half the constants are chosen anew, from the low end of their lists and
one after the other, and the other half is told with them; both tellings together are one row, beside the shipped ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from traffic.evaluation.tracking import follow
from traffic.evaluation.tracking_ablation import POINTRCNN
from traffic.evaluation.tracking_metrics import JudgedFrame, TrackingScores, tracking_scores
from traffic.evaluation.tracking_peers import Begin, our_tracker
from traffic.evaluation.tracking_sequences import LabelledSequence, judge, read_kitti
from traffic.evaluation.tracking_variants import Change, Variant, applied
from traffic.tracking import bytetrack, motion, similarity
from traffic.tracking.settings import TrackerSettings

CHOSEN_STEP, STEPS = 2, (1, 2)
"""Chosen at 5 frames a second, where the choice matters more; told at 10 and 5."""
ROUNDS = 2
Judged = list[tuple[JudgedFrame, ...]]
Choice = Mapping[str, float]
SETTINGS: Mapping[str, Sequence[float]] = {
    "match_iou": (0.15, 0.25, 0.35),
    "weak_match_iou": (0.3, 0.5, 0.6),
    "weak_lost_iou": (0.5, 0.7, 0.9),
    "lost_after_s": (1.0, 2.0, 2.8, 4.0),
}
"""What TrackerSettings holds."""
CONSTANTS: Mapping[str, Sequence[float]] = {
    "MEASURED_STD": (0.1, 0.25, 0.4),
    "LEAST_NOISE": (0.05, 0.1, 0.3),
    "ACCELERATION_DENSITY": (0.25, 1.0, 4.0),
    "MARGIN_STDS": (0.0, 0.5, 1.0, 2.0),
    "LOST_WORTH": (0.6, 0.8, 1.0),
}
"""What is no setting; the density of the acceleration as a multiple of the shipped one."""
CHOICES: Mapping[str, Sequence[float]] = {**SETTINGS, **CONSTANTS}


@dataclass(frozen=True)
class Half:
    """The sequences that constants are chosen on, and those that are told with them."""

    chosen_on: Sequence[LabelledSequence]
    told: Sequence[LabelledSequence]


def main(
    folder: Annotated[Path, typer.Argument(help="of gt/ and det_pointrcnn_car/")],
    rounds: Annotated[int, typer.Option(help="how often every constant is looked at")] = ROUNDS,
) -> None:
    """Print the table, and what was chosen on each half."""
    films = list(read_kitti(folder, folder / "det_pointrcnn_car", logits=POINTRCNN))
    even, odd = films[::2], films[1::2]
    halves = [Half(even, odd), Half(odd, even)]
    choices = [choose(half.chosen_on, rounds) for half in halves]
    for half, choice in zip(halves, choices, strict=True):
        names = f"{half.chosen_on[0].name} and every second one after it"
        typer.echo(f"chosen on {names}: {', '.join(f'{name} {value:g}' for name, value in choice.items())}")
    typer.echo(f"| HOTA / IDF1 / switches | {' | '.join(f'{films[0].fps / step:g} frames/s' for step in STEPS)} |")
    typer.echo(f"|---|{'---|' * len(STEPS)}")
    typer.echo(_row("chosen on the other half", [_told_with(halves, choices, step) for step in STEPS]))
    typer.echo(_row("as shipped", [_judged(our_tracker(), films, step) for step in STEPS]))


def choose(films: Sequence[LabelledSequence], rounds: int) -> Choice:
    """The best constants on these sequences: one constant after the other, `rounds` times."""
    choice = {name: values[0] for name, values in CHOICES.items()}
    for _ in range(rounds):
        for name, values in CHOICES.items():
            worth = {value: _worth({**choice, name: value}, films) for value in values}
            choice[name] = max(worth, key=lambda value: worth[value])
    return choice


def variant_of(choice: Choice) -> Variant:
    """The tracker with these constants."""
    density = motion.ACCELERATION_DENSITY * choice["ACCELERATION_DENSITY"]
    return Variant(
        "chosen",
        TrackerSettings.model_validate({name: choice[name] for name in SETTINGS}),
        (
            Change(motion, "MEASURED_STD", choice["MEASURED_STD"]),
            Change(motion, "LEAST_NOISE", choice["LEAST_NOISE"]),
            Change(motion, "ACCELERATION_DENSITY", density),
            Change(similarity, "MARGIN_STDS", choice["MARGIN_STDS"]),
            Change(bytetrack, "LOST_WORTH", choice["LOST_WORTH"]),
        ),
    )


def _worth(choice: Choice, films: Sequence[LabelledSequence]) -> float:
    """HOTA + IDF1."""
    scores = tracking_scores(_with(choice, films, CHOSEN_STEP))
    return scores.hota + scores.idf1


def _with(choice: Choice, films: Sequence[LabelledSequence], step: int) -> Judged:
    variant = variant_of(choice)
    with applied(variant):
        return _judged(our_tracker(variant.settings), films, step)


def _judged(begin: Begin, films: Sequence[LabelledSequence], step: int) -> Judged:
    return [judge(film, follow(begin, film)) for film in (each.every(step) for each in films)]


def _told_with(halves: Sequence[Half], choices: Sequence[Choice], step: int) -> Judged:
    return [film for half, choice in zip(halves, choices, strict=True) for film in _with(choice, half.told, step)]


def _row(name: str, judged: Sequence[Judged]) -> str:
    return f"| {name} | {' | '.join(_cell(tracking_scores(each)) for each in judged)} |"


def _cell(scores: TrackingScores) -> str:
    return f"{100 * scores.hota:.1f} / {100 * scores.idf1:.1f} / {scores.switches}"


if __name__ == "__main__":
    typer.run(main)
