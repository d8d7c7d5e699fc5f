"""Other people's plate readers, to race against, and to teach from where photographs have no texts; none is shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import yaml

from traffic.datatypes import UInt8Array
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import PlateReaderCard, load_model_card
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.plates.ocr import PlateOcr

_FAST_PLATE_OCR = "plate_models/fast_plate_ocr"
_RUSSIAN = "plate_models/ru_lprnet_stn_EgShes/ru_lprnet_stn_b1.onnx"


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


class FastPlateOcr:
    """A model of fast-plate-ocr, whose slots each hold one character.

    Args:
        data: the data folder.
        name: like `cct_xs_v2_global`.
    """

    def __init__(self, data: Path, name: str) -> None:
        import onnxruntime

        folder = data / _FAST_PLATE_OCR
        described = yaml.safe_load((folder / f"{name}_plate_config.yaml").read_text(encoding="utf-8"))
        self._alphabet = str(described["alphabet"])
        self._slots = int(described["max_plate_slots"])
        self._size = (int(described["img_width"]), int(described["img_height"]))
        self._session = onnxruntime.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        """See TextReader."""
        return [self._text(picture) for picture in pictures]

    def _text(self, picture: UInt8Array) -> str:
        image = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), self._size, interpolation=cv2.INTER_LINEAR)
        slots = self._session.run(None, {self._input: image[None]})[0].reshape(self._slots, -1)
        return "".join(self._alphabet[symbol] for symbol in slots.argmax(axis=1)).replace("_", "")


class RussianLprNet:
    """LPRNet with a spatial transformer, trained on Russian plates; its columns are decoded as CTC.

    Args:
        data: the data folder.
    """

    ALPHABET = "0123456789ABEKMHOPCTYX-"

    def __init__(self, data: Path) -> None:
        import onnxruntime

        self._session = onnxruntime.InferenceSession(data / _RUSSIAN, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        """See TextReader."""
        return [self._text(picture) for picture in pictures]

    def _text(self, picture: UInt8Array) -> str:
        image = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), (94, 24), interpolation=cv2.INTER_CUBIC)
        planes = ((image.astype(np.float32) - 127.5) / 128.0).transpose(2, 0, 1)[None]
        best = self._session.run(None, {self._input: planes})[0][0].argmax(axis=0)
        blank = len(self.ALPHABET) - 1
        kept = [s for previous, s in zip([blank, *best[:-1]], best, strict=True) if s not in (previous, blank)]
        return "".join(self.ALPHABET[symbol] for symbol in kept)


def peers(data: Path) -> Mapping[str, TextReader]:
    """Every peer by its name."""
    names = ("cct_xs_v1_global", "cct_xs_v2_global")
    return {**{name: FastPlateOcr(data, name) for name in names}, "ru_lprnet_stn": RussianLprNet(data)}
