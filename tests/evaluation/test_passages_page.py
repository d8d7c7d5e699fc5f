from tests.evaluation.known_passages import passage, plate, reading
from traffic.evaluation.passages_page import COLUMNS, group_row, passages_page
from traffic.evaluation.passages_results import Told, group, passages_report

TOLD = Told(lambda read: plate("B1", 0.99, certain=True) if read else None, 0.2, ("ru", "kz"), {})


def test_the_page_has_the_figures_the_plot_and_what_was_told_wrongly() -> None:
    report, judged = passages_report([passage("A1", reading("A1")), passage("B1", reading("B1"))], TOLD)
    page = passages_page(report, judged)
    assert "2 rendered passages" in page
    assert "grammars of ru, kz" in page
    assert "<svg" in page
    assert "Certain, but wrong: 1" in page
    assert "rendered-1" in page
    assert "Not measured in this run." in page, "no stress passages"


def test_a_row_has_a_figure_for_each_column() -> None:
    row = group_row(group("none", []))
    assert len(row) == 1 + len(COLUMNS)
    assert row[0] == "none"
    assert "–" in row
