"""The tracker's settings."""

from __future__ import annotations

from pydantic import Field, model_validator

from traffic.settings import Settings


class TrackerSettings(Settings):
    """How boxes become tracks. Durations are media time, so a setting means the same at every frame rate."""

    high_score: float = Field(0.5, ge=0, le=1)
    """Detections from this score on are matched first and with every track."""
    low_score: float = Field(0.1, ge=0, le=1)
    """Detections below this score are ignored; from it to `high_score` they only continue a track."""
    new_track_score: float = Field(0.6, ge=0, le=1)
    """Only a detection from this score on starts a track."""
    match_iou: float = Field(0.25, gt=0, lt=1)
    """Least similarity (IoU of the boxes grown by the prediction's uncertainty) of a track and a strong detection."""
    weak_match_iou: float = Field(0.5, gt=0, lt=1)
    """The same for a weak detection and a track seen in the frame before."""
    weak_lost_iou: float = Field(0.7, gt=0, lt=1)
    """The same for a weak detection and a track that was lost."""
    duplicate_iou: float = Field(0.7, gt=0, le=1)
    """A detection that overlaps an already tracked one this much starts no second track."""
    confirm_after_matches: int = Field(2, ge=1, le=10)
    """A track is told from this many detections in successive frames on."""
    lost_after_s: float = Field(2.8, gt=0, le=60)
    """Seconds unseen after which a track has ended."""

    @model_validator(mode="after")
    def _scores_rise(self) -> TrackerSettings:
        if not self.low_score <= self.high_score <= self.new_track_score:
            raise ValueError(
                "expected low_score <= high_score <= new_track_score, "
                f"got {self.low_score}, {self.high_score}, {self.new_track_score}"
            )
        return self
