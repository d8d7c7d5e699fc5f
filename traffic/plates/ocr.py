"""From rectified plate pictures to texts: feeds the plate reader's model and decodes its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError
from traffic.inference.engine import Engine
from traffic.inference.model_card import PlateReaderCard
from traffic.plates import symbols

ALPHABET = symbols.ALPHABET
SLOTS = 10
SIZE = (160, 48)
"""(width, height) of the model's input."""
PLATE_MARGIN = 0.06
"""A rectified picture shows this share of the plate's own width left and right of it, and of its height above and
below.
"""


@dataclass(frozen=True, slots=True)
class PlateText:
    """What one picture reads.

    Attributes:
        text: canonical form, Latin look-alikes, no spaces; empty where nothing is legible.
        probabilities: of each character.
        country: one of the card's.
        country_probability: of that country.
        slots: the whole answer, see PlateReading.slots, before letters that the country lacks became others.
    """

    text: str
    probabilities: tuple[float, ...]
    country: str
    country_probability: float
    slots: Float32Array | None = field(default=None, compare=False, repr=False)


def plate_corners(width: int, height: int) -> Float32Array:
    """Where the corners of the plate belong in a rectified picture: (4, 2) pixels, clockwise from the top left."""
    share = PLATE_MARGIN / (1 + 2 * PLATE_MARGIN)
    left, top = width * share, height * share
    right, bottom = width - left, height - top
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


class PlateOcr:
    """Reads rectified plates in batches.

    Args:
        engine: runs the model at the card's default size; the caller closes it.
        card: the model's.

    Raises:
        ModelError: the card asks for pictures that keep their shape.
    """

    def __init__(self, engine: Engine, card: PlateReaderCard) -> None:
        if card.input.letterbox != "stretch":
            raise ModelError(
                f"the model {card.name}: expected input.letterbox stretch, got {card.input.letterbox}",
                remedy="use a plate reader that came with this project (`traffic models list`), or correct the card",
            )
        self._engine = engine
        self._card = card
        self._folds = {country: symbols.fold(card.alphabet, country) for country in card.countries}

    def read(self, pictures: Sequence[UInt8Array]) -> tuple[PlateText, ...]:
        """Read plates.

        Args:
            pictures: one rectified plate each, (h, w, 3) BGR of any size, its corners at `plate_corners(w, h)`.

        Raises:
            ModelError: the model's output is not as long as its card says.
        """
        if not pictures:
            return ()
        size = self._card.input.default_size
        return self.decode(self._engine.infer(np.stack([_stretched(picture, size) for picture in pictures])))

    def decode(self, answers: Float32Array) -> tuple[PlateText, ...]:
        """What the model's answers (n, numbers) read.

        Raises:
            ModelError: they are not as long as the model's card says.
        """
        self._require_length(answers)
        return tuple(self._decode(answer) for answer in answers)

    def _require_length(self, answers: Float32Array) -> None:
        card = self._card
        expected = card.slots * (len(card.alphabet) + 1) + len(card.countries)
        if answers.shape[1:] != (expected,):
            raise ModelError(
                f"the model {card.name}: expected {expected} numbers a plate ({card.slots} slots of "
                f"{len(card.alphabet) + 1} symbols and {len(card.countries)} countries), got shape {answers.shape[1:]}",
                remedy="put the model and its card back as released (`git checkout -- engines/`)",
            )

    def _decode(self, answer: Float32Array) -> PlateText:
        card = self._card
        countries = answer[-len(card.countries) :]
        country = card.countries[int(countries.argmax())]
        slots = answer[: -len(card.countries)].reshape(card.slots, -1)
        shown = slots @ self._folds[country]
        best = shown.argmax(axis=1)
        written = np.flatnonzero(best)
        return PlateText(
            text="".join(card.alphabet[best[slot] - 1] for slot in written),
            probabilities=tuple(min(float(shown[slot, best[slot]]), 1.0) for slot in written),
            country=country,
            country_probability=min(float(countries.max()), 1.0),
            slots=_frozen(symbols.in_alphabet(slots, card.alphabet)),
        )


def _stretched(picture: UInt8Array, size: tuple[int, int]) -> UInt8Array:
    shrinks = picture.shape[1] > size[0] and picture.shape[0] > size[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _frozen(slots: Float32Array) -> Float32Array:
    kept = slots.copy()  # not a view of the whole batch
    kept.flags.writeable = False
    return kept
