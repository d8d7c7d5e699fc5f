"""What the tracker's choices are worth, the table of docs/tracking.md:
`python -m traffic.evaluation.tracking_ablation --kitti FOLDER`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from traffic.evaluation.tracking import evaluate_tracker
from traffic.evaluation.tracking_peers import our_tracker
from traffic.evaluation.tracking_scenes import simulated_sequence, with_drops
from traffic.evaluation.tracking_sequences import LabelledSequence, Logits, read_kitti
from traffic.evaluation.tracking_variants import Variant, applied, road_plane, variants
from traffic.simulation.intersection import POLE, busy_intersection, frame_times

SEEDS, SECONDS = (1, 2), 60.0
POINTRCNN = Logits(2.0, 2.0)
STEPS = (1, 2, 4)
NEAR_M = (4.0, 8.0)
Films = Mapping[str, Sequence[LabelledSequence]]


def main(
    kitti: Annotated[
        Path | None, typer.Option(help="of gt/ and det_pointrcnn_car/; without it, no such columns")
    ] = None,
    seconds: Annotated[float, typer.Option(help="of each simulated intersection")] = SECONDS,
    only: Annotated[list[str] | None, typer.Option(help="only rows whose name contains this")] = None,
) -> None:
    """Print the table: HOTA / IDF1 / switches of each variant."""
    real = {} if kitti is None else kitti_films(kitti)
    drawn = simulated_films(seconds)
    typer.echo(f"| HOTA / IDF1 / switches | {' | '.join([*real, *drawn])} |")
    typer.echo(f"|---|{'---|' * (len(real) + len(drawn))}")
    for variant in _chosen(variants(), only):
        typer.echo(_row(variant, [*real.values(), *drawn.values()], 0))
    for variant in _chosen([road_plane(POLE, metres) for metres in NEAR_M], only):
        typer.echo(_row(variant, list(drawn.values()), len(real)))


def kitti_films(folder: Path) -> Films:
    """KITTI's cars with PointRCNN's boxes at 10, 5 and 2.5 frames a second."""
    films = list(read_kitti(folder, folder / "det_pointrcnn_car", logits=POINTRCNN))
    return {f"KITTI {films[0].fps / step:g}": [film.every(step) for film in films] for step in STEPS}


def simulated_films(seconds: float) -> Films:
    """The simulated intersections at 12.5 and 5 frames a second, and at 12.5 with 30 % of the frames missing."""
    moments = {
        "simulated 12.5": {seed: frame_times(12.5, seconds) for seed in SEEDS},
        "simulated 5": {seed: frame_times(5, seconds) for seed in SEEDS},
        "simulated, missing frames": {seed: with_drops(frame_times(12.5, seconds), 0.3, seed) for seed in SEEDS},
    }
    scenes = {seed: busy_intersection(seed, seconds) for seed in SEEDS}
    return {
        name: [simulated_sequence(f"{name} {seed}", scenes[seed], when, seed) for seed, when in each.items()]
        for name, each in moments.items()
    }


def _chosen(rows: Sequence[Variant], only: Sequence[str] | None) -> list[Variant]:
    return [row for row in rows if only is None or any(word in row.name for word in only)]


def _row(variant: Variant, films: Sequence[Sequence[LabelledSequence]], left_out: int) -> str:
    with applied(variant):
        cells = [_cell(variant, each) for each in films]
    return f"| {variant.name} | {' | '.join(['-'] * left_out + cells)} |"


def _cell(variant: Variant, films: Sequence[LabelledSequence]) -> str:
    scores = evaluate_tracker(variant.name, our_tracker(variant.settings), films).scores
    return f"{100 * scores.hota:.1f} / {100 * scores.idf1:.1f} / {scores.switches}"


if __name__ == "__main__":
    typer.run(main)
