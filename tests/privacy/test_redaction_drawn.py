"""Our own models are the judge: what they read before, they do not read after, and the accused plate they do."""

import pytest

pytest.importorskip("openvino", reason="the models run on OpenVINO: pip install 'traffic[openvino]'")

from tests.privacy.drawn_road import LONGEST_SHARED, draw_road, plate_models, shared
from traffic.privacy.redaction import PictureRedactor
from traffic.privacy.settings import PrivacySettings


@pytest.fixture(scope="module")
def models():
    with plate_models() as opened:
        yield opened


@pytest.mark.parametrize("locates", [True, False], ids=["found plates", "the part where plates are"])
@pytest.mark.parametrize("seed", [1, 2])
def test_of_three_plates_the_accused_one_is_left(models, seed, locates):
    road = draw_road(seed)
    redactor = PictureRedactor(PrivacySettings(blur_people=False), models.locator if locates else None, None)
    before, after = models.texts(road, road.case), models.texts(road, redactor.redact(road.case))
    assert before == list(road.plates)
    assert all(shared(text, plate) <= LONGEST_SHARED for text, plate in zip(after[1:], road.plates[1:], strict=True))
    if locates:
        assert after[0] == road.plates[0]
