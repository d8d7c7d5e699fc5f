"""Column types that read back what was written, the same from both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

from traffic.datatypes import Fact, PlateAlternative


@dataclass(frozen=True, slots=True)
class PathPoint:
    """Where the vehicle met the road: media time in nanoseconds, pixels of the source frame."""

    pts_ns: int
    x: float
    y: float


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored and read back in UTC; SQLite alone would read it back naive.

    Raises:
        ValueError: on writing a naive datetime.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """To UTC; SQLite keeps the figures without the offset."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"expected an aware datetime such as 2026-05-01T12:00:00+00:00, got naive {value}")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.astimezone(timezone.utc) if value.tzinfo else value.replace(tzinfo=timezone.utc)


class PathJson(TypeDecorator[tuple[PathPoint, ...]]):
    """A path as JSON `[[pts_ns, x, y], ...]`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[PathPoint, ...] | None, _dialect: Dialect) -> list[list[float]]:
        """To lists."""
        return [[point.pts_ns, point.x, point.y] for point in value or ()]

    def process_result_value(
        self, value: list[tuple[int, float, float]] | None, _dialect: Dialect
    ) -> tuple[PathPoint, ...]:
        """To points."""
        return tuple(PathPoint(*row) for row in value or ())


class FactsJson(TypeDecorator[tuple[Fact, ...]]):
    """The figures of a violation as JSON `[[name, value, unit], ...]`, SI units."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Fact, ...] | None, _dialect: Dialect) -> list[list[str | float]]:
        """To lists."""
        return [[fact.name, float(fact.value), fact.unit] for fact in value or ()]

    def process_result_value(self, value: list[tuple[str, float, str]] | None, _dialect: Dialect) -> tuple[Fact, ...]:
        """To facts."""
        return tuple(Fact(*row) for row in value or ())


class AlternativesJson(TypeDecorator[tuple[PlateAlternative, ...]]):
    """What else a plate may read as JSON `[[text, probability], ...]`; null where no plate was read."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(
        self, value: tuple[PlateAlternative, ...] | None, _dialect: Dialect
    ) -> list[list[str | float]] | None:
        """To lists."""
        return None if value is None else [[each.text, float(each.probability)] for each in value]

    def process_result_value(
        self, value: list[tuple[str, float]] | None, _dialect: Dialect
    ) -> tuple[PlateAlternative, ...] | None:
        """To alternatives."""
        return None if value is None else tuple(PlateAlternative(*row) for row in value)
