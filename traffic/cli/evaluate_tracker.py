"""`traffic evaluate tracker`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.evaluate_output import write_report
from traffic.cli.output import print_json, print_table, remark
from traffic.errors import ConfigError

if TYPE_CHECKING:
    from traffic.evaluation.tracking import TrackerResult
    from traffic.evaluation.tracking_sequences import LabelledSequence, Logits

OURS = "traffic"
SHARES = ("HOTA", "DetA", "AssA", "MOTA", "IDF1")
COUNTS = ("switches", "fragmentations", "false", "missed")


class Layout(str, Enum):
    """How the folder is laid out."""

    KITTI = "kitti"
    MOT = "mot"


def tracker(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sequences with true tracks.")],
    detections: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Detections, a NAME.txt each; KITTI: needed, MOT: NAME/det/det.txt if none."
        ),
    ] = None,
    layout: Annotated[
        Layout | None, typer.Option("--format", help="How the folder is laid out; what is found in it if none.")
    ] = None,
    fps: Annotated[
        float | None, typer.Option(min=0.1, metavar="N", help="Frames a second; 10 for KITTI, seqinfo.ini's for MOT.")
    ] = None,
    every: Annotated[
        list[int] | None, typer.Option(min=1, metavar="N", help="Only every Nth frame; repeat for several rates.")
    ] = None,
    logit_middle: Annotated[
        float, typer.Option(metavar="X", help="Scores outside 0..1 are logits: this one counts as 0.5.")
    ] = 0.0,
    logit_spread: Annotated[
        float, typer.Option(min=0.01, metavar="X", help="And one that much higher counts as 0.73.")
    ] = 1.0,
    report_folder: Annotated[
        Path | None,
        typer.Option("--report", file_okay=False, metavar="FOLDER", help="Write tracker.json and tracker.html there."),
    ] = None,
    *,
    peers: Annotated[bool, typer.Option("--peers", help="Also evaluate the other trackers installed here.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that was measured as one JSON array.")] = False,
) -> None:
    """HOTA, MOTA, IDF1, switches and fragmentations of the tracker on labelled sequences with given detections."""
    from traffic.evaluation.tracking import evaluate_trackers
    from traffic.evaluation.tracking_page import tracker_page
    from traffic.evaluation.tracking_peers import installed_peers, our_tracker
    from traffic.evaluation.tracking_sequences import Logits

    sequences = _read(folder, detections, layout, fps, Logits(logit_middle, logit_spread))
    others, missing = installed_peers() if peers else ({}, ())
    for line in missing:
        remark(line)
    results = evaluate_trackers({OURS: our_tracker(), **others}, sequences, every or [1])
    if report_folder:
        document = json.dumps([asdict(each) for each in results], indent=1)
        write_report(report_folder, "tracker", document, tracker_page(folder.name, results))
    if as_json:
        print_json([asdict(each) for each in results])
    else:
        show(results)


def _read(
    folder: Path, detections: Path | None, layout: Layout | None, fps: float | None, logits: Logits
) -> list[LabelledSequence]:
    from traffic.evaluation.tracking_sequences import KITTI_RATE_HZ, read_kitti, read_mot

    if (layout or _found_layout(folder)) is Layout.MOT:
        return list(read_mot(folder, detections, fps, logits))
    if detections is None:
        raise typer.BadParameter("expected --detections FOLDER: KITTI's folders hold labels only")
    return list(read_kitti(folder, detections, fps or KITTI_RATE_HZ, logits))


def _found_layout(folder: Path) -> Layout:
    from traffic.evaluation.tracking_sequences import kitti_labels, mot_labels

    if not folder.is_dir():
        raise ConfigError(f"expected a folder of sequences, there is no {folder}")
    if mot_labels(folder):
        return Layout.MOT
    if (folder / "gt" / "gt.txt").is_file():
        raise ConfigError(
            f"expected a folder of MOT sequences (NAME/gt/gt.txt), {folder} is one of them",
            remedy=f"name the folder above it, {folder.parent}",
        )
    if kitti_labels(folder):
        return Layout.KITTI
    raise ConfigError(
        f"expected MOT sequences (NAME/gt/gt.txt) or KITTI labels (NAME.txt, in gt/ or label_02/) in {folder}, found "
        "neither"
    )


def show(results: Sequence[TrackerResult]) -> None:
    """The results as a table on standard output; shares in percent."""
    columns = ("frames/s", *SHARES, *COUNTS)
    print_table(f"{results[0].frames} frames", ("tracker", *columns), [_row(each) for each in results], right=columns)


def _row(result: TrackerResult) -> tuple[str, ...]:
    scores = result.scores
    shares = (scores.hota, scores.detection_accuracy, scores.association_accuracy, scores.mota, scores.idf1)
    counts = (scores.switches, scores.fragmentations, scores.false_boxes, scores.misses)
    return (
        result.tracker,
        f"{result.fps:g}",
        *(f"{100 * share:.1f}" for share in shares),
        *(str(count) for count in counts),
    )
