from pathlib import Path

import pytest

from tests.evaluation.linear_models import write_colour_classifier
from tests.evaluation.painted_vehicles import write_vehicles
from tests.evaluation.report.test_page import Reader, read
from traffic.evaluation.classifier_evaluation import classifier_report, classify_all, open_classifier
from traffic.evaluation.classifier_page import classifier_page
from traffic.evaluation.formats.vehicle_list import VehicleList, read_vehicle_list


@pytest.fixture
def shown(tmp_path: Path) -> Reader:
    with open_classifier(write_colour_classifier(tmp_path)) as (card, classifier):
        vehicles = read_vehicle_list(write_vehicles(tmp_path), classifier.types, classifier.colours).vehicles
        classified = classify_all(classifier, vehicles)
        report = classifier_report("painted", card, classifier, VehicleList(vehicles, 7), classified)
    return read(classifier_page(report, classified))


def test_the_page_tells_the_figures(shown: Reader) -> None:
    text = " ".join(shown.texts)
    assert "classifier on painted" in text
    assert "3 of a known type and 3 of a known colour. 7 lines of the list are not held out" in text
    assert shown.texts.count("66.7") == 2


def test_the_page_shows_the_mistakes(shown: Reader) -> None:
    assert {"Wrong types: 1", "Wrong colours: 1"} <= set(shown.texts)
    assert len(shown.sources) == 2
    captions = [text for text in shown.texts if text.startswith("is ")]
    assert [caption.split()[1] for caption in captions] == ["car", "red"]
