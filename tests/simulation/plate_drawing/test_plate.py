from collections import Counter
from dataclasses import replace
from typing import get_args

import pytest

from traffic.simulation.plate_drawing.plate import (
    BLACK,
    CROATIAN_ARMS,
    RED,
    SLOVAK_ARMS,
    WHITE,
    Arms,
    Charge,
    Disc,
    Divider,
    Plate,
    Rectangle,
    Row,
    Shapes,
    crest_shapes,
    divider_shapes,
)

ROW = Row(("AB", "12"), 0, 500, 94)


def test_the_text_is_every_row_from_above_without_spaces() -> None:
    plate = Plate("ru", "1A", 290, 170, (Row(("A", "123"), 0, 1, 1), Row(("BC",), 0, 1, 1), Row(("77",), 0, 1, 1)))
    assert plate.text == "A123BC77"


@pytest.mark.parametrize(
    ("divider", "kinds"),
    [
        ("", {}),
        ("hyphen", {Rectangle: 1}),
        ("dot", {Disc: 1}),
        ("seals", {Disc: 2}),
        ("crest", {Disc: 2, Rectangle: 4}),
        ("crest and hyphen", {Disc: 2, Rectangle: 5}),
    ],
)
def test_what_stands_between_two_groups(divider: Divider, kinds: dict[type, int]) -> None:
    shapes = divider_shapes(ROW, divider, 100.0, 56.0, 30.0, BLACK)
    assert Counter(type(shape) for shape in shapes) == kinds
    for shape in shapes:
        if isinstance(shape, Rectangle):
            assert 85 <= shape.left < shape.right <= 115
        else:
            assert abs(shape.x - 100) + shape.radius <= 15


@pytest.mark.parametrize("gap", [-5.0, 0.0, 2.0])
def test_where_characters_touch_a_divider_is_still_drawable(gap: float) -> None:
    for divider in ("hyphen", "dot", "seals", "crest", "crest and hyphen"):
        for shape in divider_shapes(ROW, divider, 100.0, 56.0, gap, BLACK):
            assert shape.radius > 0 if isinstance(shape, Disc) else shape.left < shape.right


def test_the_seals_have_the_colours_asked_for() -> None:
    shapes = divider_shapes(replace(ROW, seals=((1, 2, 3), (4, 5, 6))), "seals", 100.0, 56.0, 60.0, BLACK)
    assert [(shape.colour, shape.y < 56) for shape in shapes] == [((1, 2, 3), True), ((4, 5, 6), False)]


def coloured(shapes: Shapes, colour: tuple[int, int, int]) -> list[tuple[float, float, float, float]]:
    return [
        (shape.left, shape.top, shape.right, shape.bottom)
        for shape in shapes
        if isinstance(shape, Rectangle) and shape.colour == colour
    ]


def test_slovak_arms_are_a_white_double_cross_on_red_above_blue() -> None:
    shapes = crest_shapes(SLOVAK_ARMS, 50.0, 40.0, 10.0)
    upright, upper, lower = sorted(coloured(shapes, WHITE), key=lambda bar: (bar[2] - bar[0] > 3, bar[1]))
    assert upright[0] + upright[2] == upper[0] + upper[2] == lower[0] + lower[2] == 100
    assert upright[1] < upper[1] < upper[3] < lower[1] < lower[3] < upright[3]
    assert lower[2] - lower[0] > upper[2] - upper[0] > upright[2] - upright[0]
    (hills,) = (shape for shape in shapes if isinstance(shape, Disc) and shape.colour == SLOVAK_ARMS.base)
    assert hills.y > lower[3]


def test_croatian_arms_are_a_chessboard() -> None:
    fields = coloured(crest_shapes(CROATIAN_ARMS, 50.0, 40.0, 10.0), RED)
    assert len(fields) == 8
    assert {round((left - 40) / 5 + (top - 30) / 5) % 2 for left, top, _, _ in fields} == {1}


@pytest.mark.parametrize("figure", get_args(Charge))
def test_any_arms_lie_within_their_shield(figure: Charge) -> None:
    for shape in crest_shapes(Arms(RED, figure, WHITE, BLACK), 50.0, 40.0, 10.0):
        if isinstance(shape, Rectangle):
            assert 40 <= shape.left < shape.right <= 60
            assert 30 <= shape.top < shape.bottom <= 53
        else:
            assert abs(shape.x - 50) + shape.radius <= 10
            assert shape.y + shape.radius <= 54
