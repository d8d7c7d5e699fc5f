from collections import Counter

import numpy as np
import pytest

from traffic.plates.formats import COUNTRIES, formats_of
from traffic.simulation.plate_passages.road_plates import COUNTRY_SHARES, PIXELS_PER_MM, region_code, road_plate

DRAWN = [road_plate(np.random.default_rng(seed)) for seed in range(250)]


def test_shares_sum_to_one_and_every_country_comes() -> None:
    assert sum(share for _, share in COUNTRY_SHARES) == pytest.approx(1.0)
    counts = Counter(each.plate.country for each in DRAWN)
    assert set(counts) == {name for name, _ in COUNTRY_SHARES} == set(COUNTRIES)
    assert counts.most_common(1)[0][0] == "ru"


def test_most_russian_plates_are_private_ones() -> None:
    kinds = Counter(each.plate.kind for each in DRAWN if each.plate.country == "ru")
    assert kinds["1"] > 0.6 * kinds.total()
    assert len(kinds) >= 5


@pytest.mark.parametrize("country", ["ru", "kz", "by"])
def test_every_text_has_a_format_of_its_country(country: str) -> None:
    formats = formats_of((country,))
    texts = {each.plate.text for each in DRAWN if each.plate.country == country}
    assert texts
    assert [text for text in texts if not any(each.fits(text) for each in formats)] == []


def test_region_codes_exist() -> None:
    rng, formats = np.random.default_rng(0), formats_of(("ru",))
    codes = {region_code(rng) for _ in range(400)}
    unknown = [code for code in codes if not any(each.valid(f"A123BC{code}") for each in formats)]
    assert unknown == []


def test_a_picture_is_as_large_as_its_plate() -> None:
    for each in DRAWN[:20]:
        height, width = each.picture.shape[:2]
        assert (width, height) == (round(each.plate.width * PIXELS_PER_MM), round(each.plate.height * PIXELS_PER_MM))
        assert each.size_m == (each.plate.width / 1000, each.plate.height / 1000)
