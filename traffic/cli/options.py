"""Options that several commands share, so that they are spelled and explained once."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

from traffic.cli.moments import MOMENT_HELP, parse_moment
from traffic.datatypes import VEHICLE_TYPES
from traffic.store.queries import RecordFilter

DEFAULT_CONFIG = Path("config.yaml")
LISTED = 50
WHICH = "Which ones"


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text, datetime.now(timezone.utc))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _vehicle_type(text: str) -> str:
    if text not in VEHICLE_TYPES:
        raise typer.BadParameter(f"expected one of {', '.join(VEHICLE_TYPES)}, got {text!r}")
    return text


ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", envvar="TRAFFIC_CONFIG", metavar="FILE", help="The config file.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Since = Annotated[
    datetime | None,
    typer.Option(parser=_moment, metavar="WHEN", rich_help_panel=WHICH, help=f"From then on: {MOMENT_HELP}."),
]
Until = Annotated[
    datetime | None, typer.Option(parser=_moment, metavar="WHEN", rich_help_panel=WHICH, help="Before then.")
]
Camera = Annotated[str | None, typer.Option(metavar="ID", rich_help_panel=WHICH, help="Of this camera.")]
Rule = Annotated[str | None, typer.Option(metavar="NAME", rich_help_panel=WHICH, help="That broke this rule.")]
Type = Annotated[
    str | None,
    typer.Option(
        "--type",
        parser=_vehicle_type,
        metavar="TYPE",
        rich_help_panel=WHICH,
        help=f"Vehicles of this type: {', '.join(VEHICLE_TYPES)}.",
    ),
]
PlatePattern = Annotated[
    str | None,
    typer.Option(
        "--plate",
        metavar="PATTERN",
        rich_help_panel=WHICH,
        help="With this plate, in Latin or Cyrillic letters; * stands for any characters, ? for one.",
    ),
]
Alike = Annotated[
    bool,
    typer.Option(
        "--alike",
        rich_help_panel=WHICH,
        help="Also plates that --plate may have been mistaken for: look-alikes (0 O, 8 B, 1 7, M H ...) and one wrong "
        "character; the most alike first.",
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", rich_help_panel=WHICH, help="The newest N at most.")]


def record_filter(
    since: datetime | None,
    until: datetime | None,
    camera: str | None,
    rule: str | None,
    vehicle_type: str | None,
    plate: str | None,
    limit: int | None,
    *,
    alike: bool = False,
) -> RecordFilter:
    """The options above as the store's filter."""
    if alike and plate is None:
        raise typer.BadParameter("expected --plate beside --alike, got none")
    return RecordFilter(
        since=since,
        until=until,
        camera_id=camera,
        rule=rule,
        vehicle_type=vehicle_type,
        plate=plate,
        alike=alike,
        limit=limit,
    )
