from html.parser import HTMLParser

import pytest

from traffic.evaluation.metrics.confusion import confusion
from traffic.evaluation.report.page import (
    Picture,
    Tile,
    gallery,
    matrix,
    page,
    percent,
    section,
    side_by_side,
    table,
    tiles,
)

NASTY = '<script>alert("x")</script> & more'
VOID = {"meta", "img", "br"}


class Reader(HTMLParser):
    """Checks that tags are closed in order, and collects tags, texts and outward links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


def everything(words: str) -> str:
    names = (words, "bus")
    return page(
        words,
        words,
        [
            tiles([Tile(words, words, words)]),
            section(words, words, table((words, words), [(words,), (words, words)])),
            section(words, "", matrix(confusion([words, "bus"], ["bus", "bus"], names, names), words)),
            side_by_side(("<svg></svg>", words)),
            gallery([Picture("data:image/jpeg;base64,AA", words, (words,))], words),
            gallery([], words),
        ],
    )


def test_words_stay_words() -> None:
    reader = read(everything(NASTY))
    assert "script" not in reader.tags
    assert reader.texts.count(NASTY) == 21


def test_a_page_needs_nothing_from_outside() -> None:
    html = everything("car")
    assert read(html).sources == ["data:image/jpeg;base64,AA"]
    assert "http" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_a_matrix_shows_counts_and_shares_of_the_row() -> None:
    names = ("car", "van")
    reader = read(matrix(confusion(["car"] * 4, ["car", "car", "car", "van"], names, names), "label / answer"))
    assert [text for text in reader.texts if text] == [
        *("label / answer", "car", "van", "all"),
        *("car", "3", "75%", "1", "25%", "4"),
        *("van", "0"),
    ]


def test_what_is_right_may_be_told() -> None:
    matrix_of_one = confusion(["car or van"], ["van"], ("car or van",), ("car", "van"))
    green, red = "58,143,92,1.00", "209,96,61,1.00"
    assert green in matrix(matrix_of_one, "", lambda label, answer: answer in label)
    assert red in matrix(matrix_of_one, "")


def test_a_row_of_one_cell_is_a_heading_over_all_columns() -> None:
    assert '<th colspan="3">ours</th>' in table(("class", "a", "b"), [("ours",), ("car", "1", "2")])


@pytest.mark.parametrize(("share", "text"), [(None, "–"), (0.0, "0.0"), (0.8444, "84.4"), (1.0, "100.0")])
def test_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_an_empty_gallery_says_so() -> None:
    assert read(gallery([], "No vehicle is missed.")).texts == ["No vehicle is missed."]
