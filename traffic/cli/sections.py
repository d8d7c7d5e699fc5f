"""`traffic sections`: average speeds between two cameras, matched in the database."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import Annotated

import typer
from sqlalchemy import Engine

from traffic.cli.options import DEFAULT_CONFIG, LISTED, WHICH, AsJson, ConfigPath, Limit, Since, Until
from traffic.cli.output import local, print_json, print_table, remark, remark_on_count
from traffic.config import Config, load_config
from traffic.errors import ConfigError, StoreError
from traffic.events.publisher import Publisher
from traffic.events.settings import MqttSettings
from traffic.plates.display import display_text
from traffic.privacy.key import read_key
from traffic.privacy.plate_hash import PlateHasher
from traffic.sections.exemptions import exemptions_of
from traffic.sections.keeper import KeeperSettings, Kept, SectionKeeper
from traffic.sections.pruning import PicturePruner
from traffic.sections.reading import ListedTransit, list_transits
from traffic.sections.runner import LOOK_BACK, SectionRunner, follow, keep_all
from traffic.sections.watch import TimeStretch
from traffic.store.database import open_database, open_for_recording
from traffic.store.lease import sections_lease
from traffic.telemetry import configure_logging

KMH_PER_MPS = 3.6
COLUMNS = ("left", "section", "plate", "km/h", "±", "seconds", "match", "violation", "warning")
BUSY_S = 60.0
app = typer.Typer(help="Match passages of two cameras: average speeds and their violations.", no_args_is_help=True)

SectionName = Annotated[
    str | None, typer.Option("--section", metavar="NAME", rich_help_panel=WHICH, help="Of this section alone.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitEntry:
    """A transit; the names are those of the JSON keys.

    Attributes:
        plate: Latin look-alikes; None where only its hash is kept.
        plate_shown: as on the plate, in the country's letters.
        match: "exact", "hash" or "alike".
        violation_id: the violation that it is; None for most.
    """

    transit_id: str
    section: str
    entered_at: datetime
    left_at: datetime
    plate: str | None
    plate_shown: str | None
    plate_hash: str | None
    match: str
    distance_m: float
    duration_s: float
    speed_kmh: float
    standard_error_kmh: float
    warning: str | None
    violation_id: str | None
    entry_passage_id: str
    exit_passage_id: str


@app.command()
def run(
    config: ConfigPath = DEFAULT_CONFIG,
    look_back: Annotated[
        float, typer.Option(min=0.1, metavar="DAYS", help="Passages of so many days ago are still looked for.")
    ] = LOOK_BACK / timedelta(days=1),
) -> None:
    """Follow the database until Ctrl-C: transits, and violations where the average was too fast."""
    settings = load_config(config)
    configure_logging(settings.telemetry)
    stop = threading.Event()
    with _interruptible(stop), ExitStack() as stack:
        engine = stack.enter_context(open_for_recording(settings.database))
        publisher = stack.enter_context(Publisher(engine, settings.mqtt)) if settings.mqtt is not None else None
        keepers = _keepers(settings, engine, None, stop)
        remark(f"Following {', '.join(keeper.section.name for keeper in keepers)}; Ctrl-C ends it.")

        def on_kept(kept: Kept) -> None:
            remark(_text(kept))
            if publisher is not None:
                publisher.notify()

        runners = [SectionRunner(engine, keeper, timedelta(days=look_back)) for keeper in keepers]
        pruner = PicturePruner(engine, settings.evidence, settings.sections)
        follow(engine, runners, stop, on_kept, on_caught_up=pruner.step)


@app.command()
def match(
    since: Since = None,
    until: Until = None,
    section: SectionName = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Match the passages of a time once: after a change of the config, or for recordings."""
    if since is None:
        raise typer.BadParameter("expected the time from which to match, as in --since 7d")
    settings, now = load_config(config), datetime.now(timezone.utc)
    configure_logging(settings.telemetry)
    with open_for_recording(settings.database) as engine:
        keepers = _keepers(settings, engine, section, threading.Event())
        with _leased(engine):
            kept = sum((keep_all(keeper, TimeStretch(since, until or now), now) for keeper in keepers), Kept())
    remark(_text(kept))


@app.command("list")
def list_(
    since: Since = None,
    until: Until = None,
    section: SectionName = None,
    limit: Limit = LISTED,
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """List transits, the newest first."""
    settings = load_config(config)
    with open_database(settings.database) as engine:
        entries = [_entry(each) for each in list_transits(engine, section, since, until, limit)]
        if not entries and section is not None and not _is_known(section, settings, engine):
            raise _unknown(section, settings)
    if as_json:
        for entry in entries:
            print_json(asdict(entry))
    elif entries:
        print_table("Transits", COLUMNS, [_row(entry) for entry in entries], right=("km/h", "±", "seconds"))
    remark_on_count("transit", len(entries), limit)


def _keepers(settings: Config, engine: Engine, name: str | None, stop: threading.Event) -> list[SectionKeeper]:
    wanted = [section for section in settings.sections if name in (None, section.name)]
    if not wanted:
        raise _unknown(name, settings)
    prefix = (settings.mqtt or MqttSettings()).topic_prefix
    hash_of = _hasher(settings)
    exemptions = exemptions_of(settings.lists, settings.exempt_formats, hash_of)
    needed = KeeperSettings(settings.database, settings.evidence, prefix, hash_of, exemptions)
    return [SectionKeeper(engine, section, needed, stop.wait) for section in wanted]


def _is_known(section: str, settings: Config, engine: Engine) -> bool:
    """Whether it is in the config, or was when its transits went on record."""
    return any(each.name == section for each in settings.sections) or bool(
        list_transits(engine, section, None, None, 1)
    )


def _unknown(name: str | None, settings: Config) -> ConfigError:
    known = ", ".join(section.name for section in settings.sections) or "none"
    return ConfigError(
        f"expected {'a section' if name is None else f'the section {name}'} in the config, got {known}",
        remedy="write it under sections, see docs/sections.md",
    )


def _hasher(settings: Config) -> PlateHasher | None:
    privacy = settings.privacy
    if privacy.plates_without_violation != "hash" or privacy.key_file is None:
        return None
    return PlateHasher(read_key(privacy.key_file))


@contextmanager
def _leased(engine: Engine) -> Iterator[None]:
    """Waits for a look of `traffic sections run` to end, which is short but after its start."""
    give_up = datetime.now(timezone.utc) + timedelta(seconds=BUSY_S)
    pause = threading.Event()
    while datetime.now(timezone.utc) < give_up:
        with sections_lease(engine) as held:
            if held is not None:
                yield
                return
        pause.wait(0.1)
    raise StoreError(
        f"expected the sections to be free within {BUSY_S:.0f} s, but another process is matching them",
        remedy="wait until `traffic sections run` has caught up, or stop it meanwhile",
    )


@contextmanager
def _interruptible(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the following after this look; the second one ends the process."""

    def on_signal(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _text(kept: Kept) -> str:
    corrected = f", {kept.corrected} corrected" if kept.corrected else ""
    return f"{kept.transits} transits, {kept.violations} violations recorded{corrected}"


def _entry(listed: ListedTransit) -> TransitEntry:
    row, text = listed.row, listed.row.plate_text
    return TransitEntry(
        transit_id=row.transit_id,
        section=row.section,
        entered_at=row.entered_at,
        left_at=row.left_at,
        plate=text,
        plate_shown=None if text is None else display_text(text, listed.plate_country, listed.plate_format),
        plate_hash=row.plate_hash,
        match=row.match,
        distance_m=row.distance_m,
        duration_s=round(row.duration_s, 3),
        speed_kmh=round(row.speed_mps * KMH_PER_MPS, 2),
        standard_error_kmh=round(row.standard_error_mps * KMH_PER_MPS, 2),
        warning=row.warning,
        violation_id=row.violation_id,
        entry_passage_id=row.entry_passage_id,
        exit_passage_id=row.exit_passage_id,
    )


def _row(entry: TransitEntry) -> Sequence[str]:
    return (
        local(entry.left_at),
        entry.section,
        entry.plate_shown or ("hashed" if entry.plate_hash else ""),
        f"{entry.speed_kmh:.1f}",
        f"{entry.standard_error_kmh:.1f}",
        f"{entry.duration_s:.1f}",
        entry.match,
        (entry.violation_id or "")[:8],
        entry.warning or "",
    )
