from __future__ import annotations

import pytest
from pydantic import ValidationError

from traffic.tracking.settings import TrackerSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"low_score": 0.7},
        {"high_score": 0.9, "new_track_score": 0.8},
        {"match_iou": 0},
        {"confirm_after_matches": 0},
        {"lost_after_s": -1},
        {"lost_after_frames": 30},
    ],
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        TrackerSettings(**wrong)


def test_every_field_says_what_it_is():
    assert all(field.description for field in TrackerSettings.model_fields.values())
