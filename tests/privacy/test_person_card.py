import pytest
from pydantic import ValidationError

from traffic.privacy.person_card import PersonDetectorCard

CARD = {
    "name": "people",
    "task": "person-detection",
    "file": "people.onnx",
    "sha256": "0" * 64,
    "licence": "Apache-2.0",
    "created": "2026-05-01",
    "input": {"name": "images"},
    "data": [],
    "recipe": {"command": "make people", "seed": 0},
    "output": {"name": "output"},
    "classes": ["person"],
    "score_threshold": 0.15,
}


def test_a_card_of_one_class():
    assert PersonDetectorCard.model_validate(CARD).output.strides == (8, 16, 32)


@pytest.mark.parametrize("wrong", [{"classes": ["person", "dog"]}, {"classes": ["car"]}, {"task": "vehicle-detection"}])
def test_another_model_is_refused(wrong):
    with pytest.raises(ValidationError):
        PersonDetectorCard.model_validate(CARD | wrong)
