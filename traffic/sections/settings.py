"""Which pairs of cameras are sections, and how strictly their average speed is judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from traffic.settings import Settings

Direction = Literal["forward", "backward"]
SectionName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class SectionSettings(Settings):
    """One section of road between an entry camera and an exit camera, in one direction of travel."""

    name: SectionName
    """Names the section in rules, topics and rows: lower-case letters, digits, - and _."""
    entry: str = Field(min_length=1)
    """The id of the camera where vehicles enter."""
    exit: str = Field(min_length=1)
    """The id of the camera where they leave."""
    entry_line: str | None = None
    """A counting line of the entry camera: the section begins there, and only what crosses it enters. Left out, the
    moment of a passage is its middle, and as uncertain as the vehicle was long in view."""
    exit_line: str | None = None
    """The same of the exit camera: the section ends there."""
    entry_direction: Direction | None = None
    """The direction over `entry_line` that enters; left out, both do."""
    exit_direction: Direction | None = None
    """The direction over `exit_line` that leaves; left out, both do."""

    distance_m: float = Field(gt=0)
    """The shortest way by road on which a vehicle can get from the entry's line to the exit's, metres. Without lines,
    from the end of the entry's view to the beginning of the exit's."""
    distance_error_m: float = Field(ge=0)
    """One standard error of `distance_m`, metres; of a bound take the bound divided by 1.73."""
    line_error_m: float = Field(default=0.5, ge=0)
    """One standard error of where on the road a vehicle is when its box crosses a line, metres, at each camera."""
    clock_error_s: float = Field(default=1.0, ge=0)
    """One standard error of the difference between the two cameras' UTC, seconds; of a bound take the bound divided by
    1.73."""

    limit_kmh: float = Field(gt=0, le=300)
    """What the sign says, km/h."""
    tolerance_kmh: float = Field(default=0.0, ge=0)
    """Km/h above the limit that are let pass."""
    standard_errors: float = Field(default=3.0, ge=0)
    """How sure to be: the speed less this many standard errors must still be above limit and tolerance."""

    maximum_duration_s: float = Field(default=1800.0, gt=0, le=86_400)
    """Who takes longer than this from entry to exit is taken to have stopped or left the road in between, seconds."""
    lateness_s: float = Field(default=3600.0, ge=0)
    """So long after the exit a transit is put on record, seconds: passages that reach the database later than that
    may correct it, but no longer prevent its violation."""

    since: AwareDatetime | None = None
    """Who left earlier than this is not looked at, as 2026-05-01T00:00:00+03:00: the moment from which the section, or
    what was changed here, is in force."""

    @model_validator(mode="after")
    def _two_cameras(self) -> SectionSettings:
        if self.entry == self.exit:
            raise ValueError(f"expected two cameras, got {self.entry} for entry and exit")
        return self

    @model_validator(mode="after")
    def _directions_have_lines(self) -> SectionSettings:
        ends = (("entry", self.entry_direction, self.entry_line), ("exit", self.exit_direction, self.exit_line))
        for end, direction, line in ends:
            if direction is not None and line is None:
                raise ValueError(f"expected {end}_line with {end}_direction, got a direction over no line")
        return self

    @model_validator(mode="after")
    def _can_be_too_fast(self) -> SectionSettings:
        slowest_s = self.distance_m / (self.limit_kmh / 3.6)
        if slowest_s >= self.maximum_duration_s:
            raise ValueError(
                f"expected maximum_duration_s above {slowest_s:.0f} s, which {self.distance_m:g} m take at the limit, "
                f"got {self.maximum_duration_s:g}"
            )
        return self

    @property
    def rule(self) -> str:
        """The name of its rule in violations."""
        return f"section_speeding:{self.name}"
