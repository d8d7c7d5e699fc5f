"""What is kept of plates and people."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from traffic.settings import Settings


class PrivacySettings(Settings):
    """What is kept of those who broke no rule, and what evidence pictures show besides the accused vehicle."""

    plates_without_violation: Literal["keep", "hash", "drop"] = "keep"
    """Plates of passages without a violation: kept as text, as a keyed hash in its place, or not at all."""

    key_file: Path | None = None
    """The key of the hash, of at least 32 bytes, readable by its owner alone: `traffic privacy make-key FILE`."""

    keep_plates_on: tuple[Literal["watch", "deny", "allow"], ...] = ("watch", "deny")
    """A plate on a list of these kinds is kept as text, so that whoever gets the hit can act on it."""

    keep_alike_plates: bool = False
    """Whether a plate that is but alike one on such a list is kept as text too: most of these are somebody else's."""

    blur_others: bool = True
    """Whether the plates of other vehicles in an evidence picture are made unreadable."""

    blur_people: bool = True
    """Whether people in an evidence picture are made unrecognisable; who sits in the accused vehicle is not."""

    blur_occupants: bool = False
    """Whether those in the accused vehicle, or on it, are as well."""

    person_detector: Path | None = Path("engines/person_detector.yaml")
    """The card of the model that finds people, relative to the config file; left out, the one that is shipped."""

    minimum_person_score: float = Field(default=0.15, gt=0, lt=1)
    """What looks like a person at least so much is blurred: a lower one blurs more people, and more that is none."""

    enlargement: float = Field(default=1.5, ge=1, le=4)
    """How much a picture is enlarged to search it for people: more finds smaller ones, and takes its square in time."""

    @model_validator(mode="after")
    def _key_for_hashes(self) -> PrivacySettings:
        if self.plates_without_violation == "hash" and self.key_file is None:
            raise ValueError("expected key_file beside plates_without_violation: hash (traffic privacy make-key FILE)")
        if self.blur_people and self.person_detector is None:
            raise ValueError("expected person_detector beside blur_people: true, got null")
        return self

    @property
    def hides_people(self) -> bool:
        """Whether people are looked for at all."""
        return self.blur_people or self.blur_occupants
