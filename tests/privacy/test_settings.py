import pytest
from pydantic import ValidationError

from traffic.privacy.settings import PrivacySettings


def test_hashing_needs_a_key():
    with pytest.raises(ValidationError, match="make-key"):
        PrivacySettings(plates_without_violation="hash")


def test_people_are_found_by_a_model():
    with pytest.raises(ValidationError, match="person_detector"):
        PrivacySettings(person_detector=None)
    assert PrivacySettings(person_detector=None, blur_people=False).person_detector is None


def test_by_default_plates_are_kept_and_others_in_the_picture_are_not():
    settings = PrivacySettings()
    assert (settings.plates_without_violation, settings.blur_others, settings.blur_people) == ("keep", True, True)
    assert not settings.blur_occupants


@pytest.mark.parametrize("wrong", [{"enlargement": 0.5}, {"minimum_person_score": 1}, {"keep_plates_on": ["black"]}])
def test_refused(wrong):
    with pytest.raises(ValidationError):
        PrivacySettings.model_validate(wrong)
