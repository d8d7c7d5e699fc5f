"""`traffic bench models`: what the installed models cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.output import print_json, print_table, remark
from traffic.errors import ModelError

if TYPE_CHECKING:
    from traffic.benchmark.model_costs import ModelCost

ENGINES = Path("engines")
CALLS, THREADS = 80, 2
COLUMNS = ("input", "parameters, M", "MFLOP")


def models(
    cards: Annotated[
        list[Path] | None, typer.Argument(metavar="[CARD]...", help="The models' cards; all of engines/ if none.")
    ] = None,
    calls: Annotated[int, typer.Option(min=1, metavar="N", help="How many calls of each engine count.")] = CALLS,
    threads: Annotated[int, typer.Option(min=1, metavar="N", help="Of each engine, and pictures of a call.")] = THREADS,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that was measured as one JSON array.")] = False,
) -> None:
    """Parameters, operations and milliseconds a picture of each model at its card's size, on each backend here.

    MFLOP: convolutions and products, a multiplication and an addition being two. Milliseconds: the median call.

    Where the machine does other work as well, trust the CPU times in --json.
    """
    try:
        from traffic.benchmark.model_costs import installed_engines, model_cost
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{error.name} is not installed, which the operations are counted with",
            remedy="pip install 'traffic[bench]'",
        ) from error
    chosen = cards or sorted(ENGINES.glob("*.yaml"))
    if not chosen:
        raise ModelError(f"expected model cards (*.yaml) in {ENGINES}, found none", remedy="name them: CARD...")
    engines = dict(installed_engines(threads))
    costs = []
    for card in chosen:
        remark(f"{card}: {', '.join(engines)}")
        costs.append(model_cost(card, engines, calls))
    if as_json:
        print_json([asdict(each) for each in costs])
    else:
        show(costs, threads)


def show(costs: Sequence[ModelCost], threads: int) -> None:
    """The costs as a table on standard output: a row for each model."""
    timed = tuple(f"{call.engine}, ms" for call in costs[0].calls)
    rows = [(each.name, *_row(each)) for each in costs]
    print_table(f"A picture, {threads} threads", ("model", *COLUMNS, *timed), rows, right=(*COLUMNS, *timed))


def _row(cost: ModelCost) -> tuple[str, ...]:
    width, height = cost.input_size
    times = (f"{call.wall_ms:.1f}" for call in cost.calls)
    return f"{width}x{height}", f"{cost.parameters / 1e6:.2f}", f"{cost.mflop:,.0f}", *times
