from traffic.plates.formats.russia_regions import MILITARY_CODES, REGION_CODES, region_names


def test_codes_name_their_regions() -> None:
    names = region_names()
    told = {code: names[code] for code in ("01", "77", "977", "550", "323", "94", "180")}
    assert told == {
        "01": "Адыгея",
        "77": "Москва",
        "977": "Москва",
        "550": "Московская область",
        "323": "Краснодарский край",
        "94": "за пределами России",
        "180": "Донецкая Народная Республика",
    }


def test_every_two_digit_code_is_issued_or_was_but_00() -> None:
    two = {code for code in REGION_CODES if len(code) == 2}
    assert two == {f"{code:02d}" for code in range(1, 100)}
    assert "00" not in MILITARY_CODES


def test_three_digit_codes_are_their_regions_code_with_a_digit_before() -> None:
    names = region_names()
    for code in REGION_CODES:
        assert code.isdigit()
        if len(code) == 3 and code not in ("182", "188"):
            assert names[code] == names[code[1:]], code


def test_codes_that_were_never_issued_are_no_regions() -> None:
    assert not REGION_CODES & {"00", "000", "100", "400", "666", "888", "999"}
