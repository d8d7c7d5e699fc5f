"""Which lists of plates there are, and what being on one means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from traffic.plates.formats import COUNTRIES, formats_of
from traffic.settings import Settings

ListKind = Literal["watch", "deny", "allow"]
ListName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class ListSettings(Settings):
    """One list of plates."""

    name: ListName
    """Names the list in hits, events and logs: lower-case letters, digits, - and _."""

    kind: ListKind
    """watch: tell of it; deny: tell of it, it must not be here; allow: it may be here, or is even exempt."""

    file: Path
    """CSV, a plate a line: `plate,note,valid_from,valid_until`, of which only the plate must be there."""

    exempts: tuple[str, ...] | Literal["all"] = ()
    """Rules that do not hold for these vehicles, or all; only an allow list exempts."""

    @model_validator(mode="after")
    def _only_allowing(self) -> ListSettings:
        if self.exempts and self.kind != "allow":
            raise ValueError(f"expected exempts on a list of kind allow, got {self.kind}")
        return self

    def exempts_from(self, rule: str) -> bool:
        """Whether this rule does not hold for the list's vehicles."""
        return self.exempts == "all" or rule in self.exempts


def known_format(name: str) -> str:
    """A plate format's country and name, "ru 20".

    Raises:
        ValueError: there is none; naming those of the same country that there are.
    """
    known = dict.fromkeys(f"{each.country} {each.name}" for each in formats_of(COUNTRIES))
    if name not in known:
        country = name.split(" ", 1)[0]
        choice = [each for each in known if each.startswith(f"{country} ")] or [f"{each} ..." for each in COUNTRIES]
        raise ValueError(f"expected a country's code and one of its plate formats: {', '.join(choice)}")
    return name


FormatName = Annotated[str, AfterValidator(known_format)]


def check_lists(lists: Sequence[ListSettings], rules: Sequence[str]) -> None:
    """Every list has a name of its own, and exempts from rules that there are.

    Args:
        lists: of the config.
        rules: the names of all rules.

    Raises:
        ValueError: one of them does not.
    """
    names = [each.name for each in lists]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(f"lists: expected every list to have a name of its own, got {', '.join(doubles)} twice")
    for each in lists:
        unknown = sorted(set(() if each.exempts == "all" else each.exempts) - set(rules))
        if unknown:
            raise ValueError(
                f"lists, {each.name}: expected exempts out of {', '.join(rules)}, or all, got {', '.join(unknown)}"
            )
