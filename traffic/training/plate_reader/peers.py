"""Other people's plate readers, to race against, and to teach from where photographs have no texts; none is shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from traffic.datatypes import UInt8Array
from traffic.evaluation.peer_models import (
    CCT_V1_FILE,
    CCT_V2_FILE,
    LPRNET_FILE,
    PLATE_MODELS,
    CctReader,
    LprnetReader,
    open_session,
)
from traffic.evaluation.plate_peers import CropReader
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import PlateReaderCard, load_model_card
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.plates.ocr import PlateOcr

CCT_FILES = MappingProxyType({"cct_xs_v1_global": CCT_V1_FILE, "cct_xs_v2_global": CCT_V2_FILE})


class TextReader(Protocol):
    """Reads plates that somebody cut out."""

    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        """The text of each picture, (h, w, 3) BGR."""
        ...


class OurReader:
    """The reader of a card, as the roadside runs it, in float32.

    Args:
        card: the card's path, the model beside it.
    """

    def __init__(self, card: Path) -> None:
        loaded = load_model_card(card, PlateReaderCard)
        settings = InferenceSettings(precision="f32", threads=1)
        engine = OpenVinoEngine(card.parent / loaded.file, loaded.input.default_size, settings)
        self._ocr = PlateOcr(engine, loaded)

    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        """See TextReader."""
        return [reading.text for reading in self._ocr.read(pictures)]

    def countries(self, pictures: Sequence[UInt8Array]) -> list[str]:
        """Which country's plate each picture, (h, w, 3) BGR, shows."""
        return [reading.country for reading in self._ocr.read(pictures)]


class PeerReader:
    """A peer's reader."""

    def __init__(self, reader: CropReader) -> None:
        self._reader = reader

    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        """See TextReader."""
        return [read.text for read in self._reader.read(pictures)]


def fast_plate_ocr(data: Path, name: str) -> TextReader:
    """A model of fast-plate-ocr by a name of CCT_FILES."""
    return PeerReader(CctReader(open_session(data / PLATE_MODELS / CCT_FILES[name])))


def peers(data: Path) -> Mapping[str, TextReader]:
    """Every peer by its name."""
    russian = PeerReader(LprnetReader(open_session(data / PLATE_MODELS / LPRNET_FILE)))
    return {**{name: fast_plate_ocr(data, name) for name in CCT_FILES}, "ru_lprnet_stn": russian}
