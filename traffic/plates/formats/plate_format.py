"""What the plates of one type look like, and whether a text can be one of them."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

DIGITS = frozenset(string.digits)
LETTERS = frozenset(string.ascii_uppercase)
ANY_CAR: frozenset[str] = frozenset({"car", "van", "pickup", "truck", "articulated_truck", "bus"})
ANY_VEHICLE: frozenset[str] = ANY_CAR | {"motorcycle"}
TO_CYRILLIC = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
_LONG_NUMBER = 3


@dataclass(frozen=True, slots=True)
class PlateFormat:
    """One type of plate, of one length.

    Attributes:
        country: ISO 3166 code in lower case; "eu" for any country of Europe.
        name: the type's name within the country, as in its standard; a type with shorter and longer plates has a
            format for each, of one name.
        purpose: what the plate is for, one or two words.
        pattern: for each position the canonical characters that may stand there.
        groups: lengths of what stands together on the plate, in order.
        separators: what stands between the groups where people read the plate, one fewer.
        regions: which last groups are issued; empty: the format has no region code.
        from_one: a group of three digits or more is a number, and zero is not issued.
        contains: of each of these at least one character occurs.
        cyrillic: the country writes the letters in Cyrillic.
        vehicles: the types of vehicles that bear such a plate.
    """

    country: str
    name: str
    purpose: str
    pattern: tuple[frozenset[str], ...]
    groups: tuple[int, ...]
    separators: tuple[str, ...]
    regions: frozenset[str] = frozenset()
    from_one: bool = False
    contains: tuple[frozenset[str], ...] = ()
    cyrillic: bool = False
    vehicles: frozenset[str] = ANY_VEHICLE

    def fits(self, text: str) -> bool:
        """Whether each character of a canonical text may stand where it stands."""
        return len(text) == len(self.pattern) and all(map(_stands_in, text, self.pattern))

    def valid(self, text: str) -> bool:
        """Whether a canonical text is a plate that may have been issued: it fits, its region exists, no zero number."""
        if not self.fits(text) or not all(characters & set(text) for characters in self.contains):
            return False
        groups = self.split(text)
        if self.regions and groups.pop() not in self.regions:
            return False
        return not self.from_one or not any(map(_is_zero, groups))

    def split(self, text: str) -> list[str]:
        """The groups of a text that fits."""
        ends = list(accumulate(self.groups))
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def display(self, text: str) -> str:
        """A text that fits as it stands on the plate, in the country's letters: `А 123 ВС 77`."""
        first, *rest = map(self._written, self.split(text))
        return first + "".join(map(str.__add__, self.separators, rest))

    def _written(self, group: str) -> str:
        # D is on no Cyrillic plate: where it stands, the group is Latin.
        return group.translate(TO_CYRILLIC) if self.cyrillic and "D" not in group else group


@dataclass(frozen=True, slots=True)
class Country:
    """What all formats of a country share.

    Attributes:
        code: as in PlateFormat.country.
        letters: those that its plates use.
        regions: its region codes.
        cyrillic, from_one: as in PlateFormat.
    """

    code: str
    letters: frozenset[str] = LETTERS
    regions: frozenset[str] = frozenset()
    cyrillic: bool = False
    from_one: bool = True

    def formats(
        self, name: str, purpose: str, layout: str, *, vehicles: Collection[str] = ANY_VEHICLE
    ) -> tuple[PlateFormat, ...]:
        """The formats of one type, one for each length.

        Args:
            name, purpose, vehicles: as in PlateFormat.
            layout: `#` is a digit, `L` one of the country's letters, `R` a region code; blanks and hyphens part the
                groups; any other character stands for itself: `L ### LL R`.
        """
        lengths = sorted({len(code) for code in self.regions}) if "R" in layout else [0]
        return tuple(
            PlateFormat(
                country=self.code,
                name=name,
                purpose=purpose,
                pattern=tuple(self._pattern(layout, length)),
                groups=tuple(length if group == "R" else len(group) for group in layout.replace("-", " ").split()),
                separators=tuple(mark for mark in layout if mark in " -"),
                regions=frozenset(code for code in self.regions if len(code) == length),
                from_one=self.from_one,
                cyrillic=self.cyrillic,
                vehicles=frozenset(vehicles),
            )
            for length in lengths
        )

    def _pattern(self, layout: str, region_length: int) -> Iterator[frozenset[str]]:
        codes = [code for code in self.regions if len(code) == region_length]
        for mark in layout:
            if mark == "R":
                yield from (frozenset(code[place] for code in codes) for place in range(region_length))
            elif mark not in " -":
                yield {"#": DIGITS, "L": self.letters}.get(mark, frozenset(mark))


def matching_formats(
    text: str, formats: Sequence[PlateFormat], vehicle_type: str | None = None
) -> tuple[PlateFormat, ...]:
    """Those of `formats` for which the text is fully valid, best first.

    Types may share their texts: within a country those that such a vehicle bears come first, and among these the order
    of `formats` decides, which is that of how often the types are met.

    Args:
        text: canonical.
        formats: to choose from.
        vehicle_type: of VEHICLE_TYPES, where it is known.
    """
    valid = [each for each in formats if each.valid(text)]
    if vehicle_type is not None:
        countries = list(dict.fromkeys(each.country for each in valid))
        valid.sort(key=lambda each: (countries.index(each.country), vehicle_type not in each.vehicles))
    return tuple(valid)


def _stands_in(character: str, characters: frozenset[str]) -> bool:
    return character in characters


def _is_zero(group: str) -> bool:
    return len(group) >= _LONG_NUMBER and set(group) == {"0"}
