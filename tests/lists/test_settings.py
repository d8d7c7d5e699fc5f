import pytest
from pydantic import TypeAdapter, ValidationError

from traffic.lists.settings import FormatName, ListSettings, check_lists


def settings(name="fire", kind="allow", **rest):
    return ListSettings.model_validate({"name": name, "kind": kind, "file": "fire.csv", **rest})


@pytest.mark.parametrize(
    ("exempts", "rule", "expected"),
    [
        ([], "speeding", False),
        (["speeding"], "speeding", True),
        (["speeding"], "wrong_way", False),
        ("all", "wrong_way", True),
    ],
)
def test_exempts(exempts, rule, expected):
    assert settings(exempts=exempts).exempts_from(rule) == expected


@pytest.mark.parametrize("kind", ["watch", "deny"])
def test_only_an_allow_list_exempts(kind):
    with pytest.raises(ValidationError, match="kind allow"):
        settings(kind=kind, exempts="all")


@pytest.mark.parametrize("wrong", [{"name": "Fire Brigade"}, {"kind": "black"}, {"exempts": "none"}, {"files": "x"}])
def test_refused(wrong):
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_two_lists_of_one_name_are_refused():
    with pytest.raises(ValueError, match="got fire twice"):
        check_lists([settings(), settings(kind="watch")], ["speeding"])


def test_a_rule_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="got parking"):
        check_lists([settings(exempts=["speeding", "parking"])], ["speeding", "wrong_way"])


def test_right_lists_pass():
    check_lists([settings(exempts="all"), settings(name="stolen", kind="watch")], ["speeding"])


def test_a_format_is_named_by_country_and_name():
    assert TypeAdapter(FormatName).validate_python("ru 20") == "ru 20"


@pytest.mark.parametrize(("wrong", "told"), [("ru police", r"\bru 20\b"), ("20", "ru ..."), ("fi 1", "eu ...")])
def test_a_format_that_does_not_exist_is_refused_with_those_that_do(wrong, told):
    with pytest.raises(ValidationError, match=told):
        TypeAdapter(FormatName).validate_python(wrong)
