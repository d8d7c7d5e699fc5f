"""`traffic bench tracker`: microseconds a frame, beside other trackers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.output import print_json, print_table, remark

if TYPE_CHECKING:
    from traffic.benchmark.tracker import TrackerTime

OBJECTS = [10, 50, 200, 500]
ROUNDS = 3
OURS = "traffic"


def tracker(
    objects: Annotated[
        list[int] | None, typer.Option(min=1, metavar="N", help="Vehicles in view; 10, 50, 200 and 500 if none.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, metavar="N", help="How often each tracker runs, in turn.")] = ROUNDS,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that was measured as one JSON object.")] = False,
) -> None:
    """Time the tracker beside trackers' and pyxtrackers' ByteTrack on the same boxes: microseconds a frame, ratios.

    Processor time; on a machine that does other work as well, trust only the ratios.
    """
    from traffic.benchmark.tracker import time_trackers
    from traffic.evaluation.tracking_peers import installed_peers, our_tracker

    peers, missing = installed_peers()
    for line in missing:
        remark(line)
    times = time_trackers({OURS: our_tracker(), **peers}, objects or OBJECTS, rounds)
    if as_json:
        print_json([asdict(each) for each in times])
    else:
        show(times)


def show(times: Sequence[TrackerTime]) -> None:
    """The times as a table on standard output: a row for each tracker."""
    counts = tuple(dict.fromkeys(each.objects for each in times))
    cells = {(each.tracker, each.objects): f"{each.frame_us:.0f} ({each.ratio:.1f}x)" for each in times}
    columns = tuple(f"{count} vehicles" for count in counts)
    rows = [(name, *(cells[name, count] for count in counts)) for name in dict.fromkeys(each.tracker for each in times)]
    print_table("Processor microseconds a frame (times ours)", ("tracker", *columns), rows, right=columns)
