"""What the classes of somebody else's labels are in our words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from traffic.datatypes import VEHICLE_CLASSES
from traffic.errors import ConfigError

Allowed = tuple[str, ...]
IGNORE: Allowed = ()
"""A region where neither finding nor missing counts."""
WORDS: Mapping[str, Allowed] = {
    **{name: (name,) for name in VEHICLE_CLASSES},
    "minivan": ("van",),
    "lorry": ("truck",),
    "motorbike": ("motorcycle",),
    "vehicle": VEHICLE_CLASSES,
    "vehicles": VEHICLE_CLASSES,
    "ignore": IGNORE,
}


@dataclass(frozen=True, slots=True)
class ClassWords:
    """Maps the names of a data set's classes to the vehicle classes that each leaves open.

    Attributes:
        changed: names, in lower case, that mean something else than WORDS says.
    """

    changed: Mapping[str, Allowed] = field(default_factory=dict)

    @classmethod
    def parse(cls, assignments: Sequence[str]) -> ClassWords:
        """From the user's NAME=CLASS[,CLASS...] or NAME=ignore.

        Raises:
            ConfigError: one is not like that.
        """
        return cls(dict(_parse(assignment) for assignment in assignments))

    def allowed(self, name: str) -> Allowed | None:
        """What a box with this name may be; None where it is no vehicle."""
        word = name.strip().lower()
        return self.changed.get(word, WORDS.get(word))

    def require_some(self, names: Iterable[str], source: object) -> None:
        """Refuse a data set in which nothing is a vehicle.

        Raises:
            ConfigError: none of the names means anything to us.
        """
        known = sorted(set(names))
        if not any(self.allowed(name) for name in known):
            raise ConfigError(
                f"{source}: expected classes among {', '.join(WORDS)}, got {', '.join(known) or 'none'}",
                remedy="say what they are with --as NAME=CLASS, e.g. --as bike=motorcycle or --as auto=car,van",
            )


def _parse(assignment: str) -> tuple[str, Allowed]:
    name, _, classes = assignment.partition("=")
    wanted = tuple(part.strip() for part in classes.split(","))
    if wanted == ("ignore",):
        wanted = IGNORE
    if not name.strip() or not set(wanted) <= set(VEHICLE_CLASSES):
        raise ConfigError(
            f"--as: expected NAME=CLASS[,CLASS...] with classes among {', '.join(VEHICLE_CLASSES)}, or NAME=ignore, "
            f"got {assignment!r}"
        )
    return name.strip().lower(), wanted
