from pathlib import Path

import pytest
from pydantic import ValidationError

from traffic.evidence.settings import EvidenceSettings


def test_defaults_and_a_folder_as_a_config_writes_it():
    assert EvidenceSettings().folder == Path("data/evidence")
    assert EvidenceSettings.model_validate({"folder": "/mnt/evidence"}).folder == Path("/mnt/evidence")


@pytest.mark.parametrize("quality", [0, 49, 101])
def test_a_quality_that_shows_nothing_is_refused(quality):
    with pytest.raises(ValidationError, match="jpeg_quality"):
        EvidenceSettings(jpeg_quality=quality)
