"""The figures and pictures of docs/tracking.md: `python -m traffic.evaluation.tracking_report FOLDER`.

Simulated intersections always; KITTI as well if TRAFFIC_DATA has it. Peers that are installed are rows of their own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from traffic.evaluation.tracking import TrackerResult, evaluate_tracker, evaluate_trackers
from traffic.evaluation.tracking_peers import Begin, installed_peers, our_tracker
from traffic.evaluation.tracking_pictures import occlusion_picture, rate_plot, write_occlusion_clip
from traffic.evaluation.tracking_scenes import jumping_rate, simulated_sequence, with_drops
from traffic.evaluation.tracking_sequences import LabelledSequence, Logits, read_kitti
from traffic.simulation.intersection import busy_intersection, frame_times

SEEDS, SECONDS = (1, 2), 60.0
RATES = (25.0, 12.5, 5.0)
DROPPED = 0.3
POINTRCNN = Logits(2.0, 2.0)


def main(
    folder: Annotated[Path, typer.Argument(help="where the pictures go")],
    seconds: Annotated[float, typer.Option(help="of each simulated intersection")] = SECONDS,
    clip: Annotated[Path | None, typer.Option(help="only write this MP4 of an occlusion survived")] = None,
) -> None:
    """Print the table of all trackers and write the plot and the picture."""
    if clip is not None:
        write_occlusion_clip(clip)
        return
    peers, missing = installed_peers()
    for line in missing:
        typer.echo(line, err=True)
    trackers = {"traffic": our_tracker(), **peers}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tracking_occlusion.jpg").write_bytes(occlusion_picture())
    simulated = {name: list(each.values()) for name, each in _simulated(trackers, seconds).items()}
    kitti = _kitti(trackers)
    print_results(simulated)
    plots = {"simulated intersections": _by_rate(simulated, "frames/s")}
    if kitti:
        print_results(kitti)
        plots["KITTI, cars"] = _by_rate(kitti, "frames/s")
    (folder / "tracking_rates.svg").write_text(rate_plot(plots), encoding="utf-8")


def _simulated(trackers: Mapping[str, Begin], seconds: float) -> dict[str, dict[str, TrackerResult]]:
    scenes = {seed: busy_intersection(seed, seconds) for seed in SEEDS}
    moments = {f"{rate:g} frames/s": {seed: frame_times(rate, seconds) for seed in SEEDS} for rate in RATES}
    moments[f"12.5, {DROPPED:.0%} missing"] = {
        seed: with_drops(frame_times(12.5, seconds), DROPPED, seed) for seed in SEEDS
    }
    moments["25, 5, 50, 12.5 in turn"] = {seed: jumping_rate(seconds) for seed in SEEDS}
    results: dict[str, dict[str, TrackerResult]] = {}
    for name, each in moments.items():
        films = [simulated_sequence(f"{name} {seed}", scenes[seed], each[seed], seed) for seed in SEEDS]
        results[name] = {tracker: evaluate_tracker(tracker, begin, films) for tracker, begin in trackers.items()}
    return results


def _kitti(trackers: Mapping[str, Begin]) -> dict[str, list[TrackerResult]]:
    folder = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / "mot" / "kitti_tracking"
    if not folder.is_dir():
        typer.echo(f"KITTI left out: {folder} is absent (set TRAFFIC_DATA)", err=True)
        return {}
    sequences: list[LabelledSequence] = list(read_kitti(folder, folder / "det_pointrcnn_car", logits=POINTRCNN))
    results = evaluate_trackers(trackers, sequences, (1, 2, 4))
    return {f"{fps:g} frames/s": [each for each in results if each.fps == fps] for fps in (10.0, 5.0, 2.5)}


def print_results(results: Mapping[str, Sequence[TrackerResult]]) -> None:
    """As Markdown: a column each key, a row each tracker, HOTA / IDF1 / MOTA / switches in a cell."""
    typer.echo(f"| HOTA / IDF1 / MOTA / switches | {' | '.join(results)} |")
    typer.echo(f"|---|{'---|' * len(results)}")
    rows = zip(*results.values(), strict=True)
    for row in rows:
        typer.echo(f"| {row[0].tracker} | {' | '.join(_cell(each) for each in row)} |")
    typer.echo("")


def _cell(result: TrackerResult) -> str:
    scores = result.scores
    return f"{100 * scores.hota:.1f} / {100 * scores.idf1:.1f} / {100 * scores.mota:.1f} / {scores.switches}"


def _by_rate(results: Mapping[str, Sequence[TrackerResult]], unit: str) -> dict[str, dict[float, float]]:
    """Tracker -> frames a second -> HOTA in percent, of the columns that have one rate only."""
    lines: dict[str, dict[float, float]] = {}
    for name, row in results.items():
        if name.endswith(unit):
            for each in row:
                lines.setdefault(each.tracker, {})[float(name.split()[0])] = 100 * each.scores.hota
    return lines


if __name__ == "__main__":
    typer.run(main)
