import pytest

from traffic.simulation.plate_drawing.plate import BLACK, Disc, Divider, Plate, Rectangle, Row, divider_shapes


def test_the_text_is_every_row_from_above_without_spaces() -> None:
    plate = Plate("ru", "1A", 290, 170, (Row(("A", "123"), 0, 1, 1), Row(("BC",), 0, 1, 1), Row(("77",), 0, 1, 1)))
    assert plate.text == "A123BC77"


@pytest.mark.parametrize(
    ("divider", "kinds"),
    [
        ("", []),
        ("hyphen", [Rectangle]),
        ("dot", [Disc]),
        ("seals", [Disc, Disc]),
        ("crest", [Disc, Disc]),
        ("crest and hyphen", [Disc, Disc, Rectangle]),
    ],
)
def test_what_stands_between_two_groups(divider: Divider, kinds: list[type]) -> None:
    shapes = divider_shapes(divider, 100.0, 56.0, 30.0, BLACK)
    assert [type(shape) for shape in shapes] == kinds
    for shape in shapes:
        if isinstance(shape, Rectangle):
            assert 85 <= shape.left < shape.right <= 115
        else:
            assert abs(shape.x - 100) + shape.radius <= 15


@pytest.mark.parametrize("gap", [-5.0, 0.0, 2.0])
def test_where_characters_touch_a_divider_is_still_drawable(gap: float) -> None:
    for divider in ("hyphen", "dot", "seals", "crest", "crest and hyphen"):
        for shape in divider_shapes(divider, 100.0, 56.0, gap, BLACK):
            assert shape.radius > 0 if isinstance(shape, Disc) else shape.left < shape.right


def test_the_seals_have_the_colours_asked_for() -> None:
    shapes = divider_shapes("seals", 100.0, 56.0, 60.0, BLACK, ((1, 2, 3), (4, 5, 6)))
    assert [(shape.colour, shape.y < 56) for shape in shapes] == [((1, 2, 3), True), ((4, 5, 6), False)]
