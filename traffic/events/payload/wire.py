"""What all events have in common: their types, and what every one of them says."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

SCHEMA = 1
KMH_PER_MPS = 3.6

Share = Annotated[float, Field(ge=0, le=1), AfterValidator(lambda value: round(value, 4))]
Measured = Annotated[float, AfterValidator(lambda value: round(value, 3))]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def utc_text(at: datetime) -> str:
    """ISO 8601 with microseconds and Z."""
    return at.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


UtcText = Annotated[
    AwareDatetime,
    PlainSerializer(utc_text, str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class Wire(BaseModel):
    """What every part of an event has in common."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", use_attribute_docstrings=True, allow_inf_nan=False, populate_by_name=True
    )


class Event(Wire):
    """What every event says."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    """The version of this format."""
    event_id: UUID
    """The same whenever this event is sent again: drop one that you have seen."""
    camera_id: str
    """The camera's id in the config; `recorder` in health events that are about the record."""
