"""Rendered passages read by our own locator and reader: drawn once, kept as readings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from traffic.datatypes import Frame, VehicleCrop
from traffic.errors import ConfigError
from traffic.evaluation.detection import EXACT
from traffic.inference.model_card import PlateLocatorCard, PlateReaderCard, load_model_card, verified_model_path
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.plates.locator import locator_of
from traffic.plates.ocr import PlateOcr
from traffic.plates.reader import PlateReader
from traffic.plates.recognizer import PlateRecognizer
from traffic.plates.recorded import KnownPassage
from traffic.simulation.plate_passages import RenderedPassage, draw_passage

LABELLED_AT = datetime(2025, 6, 2, 9, 0, tzinfo=timezone.utc)
STRESS_HEIGHTS_PX = (10, 12, 15, 20, 25, 30, 40)
SEEDS_A_RUN = 1_000_000
"""Seeds of a run begin at its own number times this, so that no two runs share a passage."""
_STRESS = "stress-"
_WORDS = re.compile(
    r"(?P<daytime>day|night) (?P<heading>away|toward) (?P<speed>[\d.]+) km/h (?P<height>[\d.]+) px "
    r"(?P<views>\d+) views (?P<vehicle>\w+) (?P<kind>[\w ]+)"
)


@dataclass(frozen=True, slots=True)
class HowSeen:
    """What a known passage's `conditions` say.

    Attributes:
        daytime: "day" or "night".
        heading: "away" or "toward" the camera.
        speed_kmh: the vehicle's.
        height_px: of a plate 112 mm high where it was nearest.
        views: frames that were given to the locator.
        vehicle: one of VEHICLE_CLASSES.
        kind: of the plate.
    """

    daytime: str
    heading: str
    speed_kmh: float
    height_px: float
    views: int
    vehicle: str
    kind: str

    def words(self) -> str:
        """As `conditions` have it."""
        return (
            f"{self.daytime} {self.heading} {self.speed_kmh:.1f} km/h {self.height_px:.1f} px {self.views} views "
            f"{self.vehicle} {self.kind}"
        )

    @classmethod
    def of_words(cls, words: str) -> HowSeen:
        """What `words()` wrote.

        Raises:
            ConfigError: it did not write this.
        """
        found = _WORDS.fullmatch(words)
        if found is None:
            raise ConfigError(
                f"expected conditions like 'night away 80.0 km/h 24.0 px 8 views car 1', got {words!r}",
                remedy="read passages that `traffic evaluate passages --readings FILE.npz` wrote",
            )
        told = found.groupdict()
        speed, height, views = float(told["speed"]), float(told["height"]), int(told["views"])
        return cls(told["daytime"], told["heading"], speed, height, views, told["vehicle"], told["kind"])


def seeds_of(run: int, passages: int, first: int = 0) -> range:
    """The seeds of a run's passages, from the one numbered `first` on."""
    return range(run * SEEDS_A_RUN + first, run * SEEDS_A_RUN + first + passages)


def read_rendered(
    reader: PlateReader,
    seeds: Sequence[int],
    plate_height_px: float | None = None,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> list[KnownPassage]:
    """Draw passages and read them.

    Args:
        reader: finds the plates in the vehicles' pictures and reads them.
        seeds: of the passages.
        plate_height_px: of all passages' plates where they are nearest, instead of a random height.
        progress: told what is done after each passage.
    """
    passages = []
    for done, seed in enumerate(seeds, 1):
        passages.append(known_passage(draw_passage(seed, plate_height_px=plate_height_px), reader))
        progress("passages drawn and read" if plate_height_px is None else f"{plate_height_px:g} px high", done)
    return passages


def known_passage(passage: RenderedPassage, reader: PlateReader) -> KnownPassage:
    """A passage as it is read, one frame after the other."""
    found = [reader.read([crop])[0] for crop in vehicle_crops(passage)]
    seen = passage.conditions
    how = HowSeen(
        daytime=seen.daytime,
        heading="away" if seen.heading > 0 else "toward",
        speed_kmh=seen.speed_kmh,
        height_px=seen.plate_height_px,
        views=len(passage.views),
        vehicle=passage.vehicle,
        kind=passage.kind,
    )
    readings = tuple(reading for reading in found if reading is not None and reading.text)
    return KnownPassage(name_of(passage), passage.text, passage.country, how.words(), readings)


def read_stress(
    reader: PlateReader, run: int, passages: int, progress: Callable[[str, int], None] = lambda *_: None
) -> list[KnownPassage]:
    """The passages of the table of plate heights: so many of each height, of seeds that no other passage has."""
    read: list[KnownPassage] = []
    for place, height in enumerate(STRESS_HEIGHTS_PX):
        seeds = seeds_of(run, passages, SEEDS_A_RUN // 2 + place * SEEDS_A_RUN // 20)
        read += [replace(each, name=f"{_STRESS}{each.name}") for each in read_rendered(reader, seeds, height, progress)]
    return read


def is_stress(passage: KnownPassage) -> bool:
    """Whether a passage was drawn for the table of plate heights."""
    return passage.name.startswith(_STRESS)


def name_of(passage: RenderedPassage) -> str:
    """Tells a rendered passage from all others."""
    return f"rendered-{passage.seed}"


def vehicle_crops(passage: RenderedPassage) -> list[VehicleCrop]:
    """The passage's views as a run hands them to the plate reader."""
    crops = []
    for index, view in enumerate(passage.views):
        frame = Frame("rendered", name_of(passage), index, view.pts_ns, LABELLED_AT, view.image)
        crops.append(VehicleCrop(frame, view.vehicle_xyxy))
    return crops


@contextmanager
def open_plate_recognizer(locator: Path, reader: Path) -> Iterator[PlateRecognizer]:
    """Our own locator and reader on OpenVINO in full precision, within `with`.

    Raises:
        ModelError: a card or its model is missing or altered.
    """
    finding, reading = load_model_card(locator, PlateLocatorCard), load_model_card(reader, PlateReaderCard)
    with ExitStack() as stack:
        places, texts = (
            stack.enter_context(OpenVinoEngine(verified_model_path(card), size, EXACT))
            for card, size in ((locator, finding.input.default_size), (reader, reading.input.default_size))
        )
        yield PlateRecognizer(locator_of(places, finding), PlateOcr(texts, reading))
