from pathlib import Path

import pytest
from pydantic import ValidationError

from traffic.simulation.truth import SceneTruth


def test_the_file_holds_everything(truth: SceneTruth, tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_text(truth.to_json(), encoding="utf-8")
    assert SceneTruth.load(path) == truth


@pytest.mark.parametrize("text", ["{}", '{"schema_version": 2}', "not JSON"])
def test_another_schema_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        SceneTruth.from_json(text)
