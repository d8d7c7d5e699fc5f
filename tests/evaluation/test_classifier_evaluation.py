from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.linear_models import write_colour_classifier
from tests.evaluation.painted_vehicles import write_vehicles
from traffic.errors import ConfigError
from traffic.evaluation.classifier_evaluation import (
    classifier_report,
    classify_all,
    colour_verdict,
    open_classifier,
    still_frame,
    type_verdict,
)
from traffic.evaluation.classifier_results import ClassifierReport
from traffic.evaluation.formats.vehicle_list import read_vehicle_list


@pytest.fixture
def measured(tmp_path: Path) -> ClassifierReport:
    with open_classifier(write_colour_classifier(tmp_path)) as (card, classifier):
        listed = read_vehicle_list(write_vehicles(tmp_path), classifier.types, classifier.colours)
        classified = classify_all(classifier, listed.vehicles)
        return classifier_report("painted", card, classifier, listed, classified)


def test_only_vehicles_with_a_label_count(measured: ClassifierReport) -> None:
    assert (measured.vehicles, measured.type.vehicles, measured.colour.vehicles) == (4, 3, 3)


def test_each_head_is_judged_by_itself(measured: ClassifierReport) -> None:
    assert measured.type.confusion.counts == ((1, 1), (0, 1))
    assert measured.colour.confusion.counts == ((1, 0), (1, 1))
    assert (measured.type.accuracy, measured.colour.accuracy) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (measured.data, measured.model, len(measured.sha256)) == ("painted", "classifier", 64)


def test_the_report_is_read_back_as_it_was_written(measured: ClassifierReport) -> None:
    assert ClassifierReport.model_validate_json(measured.model_dump_json()) == measured


def test_verdicts_tell_how_sure_the_model_was(tmp_path: Path) -> None:
    with open_classifier(write_colour_classifier(tmp_path)) as (_, classifier):
        listed = read_vehicle_list(write_vehicles(tmp_path), classifier.types, classifier.colours)
        seen: list[int] = []
        classified = classify_all(classifier, listed.vehicles, lambda _, count: seen.append(count))
    wrong = [type_verdict(each, classifier.types) for each in classified][2]
    assert wrong is not None
    assert (wrong.label, wrong.answer) == ("car", "bus")
    assert wrong.probability > wrong.label_probability
    assert [colour_verdict(each, classifier.colours) is None for each in classified] == [False, False, True, False]
    assert seen == [3, 4]


def test_a_picture_is_a_frame_of_no_camera(tmp_path: Path) -> None:
    write_vehicles(tmp_path)
    frame = still_frame(tmp_path / "wall.png")
    np.testing.assert_array_equal(np.unique(frame.image.reshape(-1, 3), axis=0), [[250, 0, 0]])
    with pytest.raises(ConfigError, match="no such file"):
        still_frame(tmp_path / "moon.png")


def test_a_vehicle_beside_its_picture_is_named_with_its_line(tmp_path: Path) -> None:
    with open_classifier(write_colour_classifier(tmp_path)) as (_, classifier):
        path = write_vehicles(tmp_path, "road.png,0,100,50,150,bus,red")
        listed = read_vehicle_list(path, classifier.types, classifier.colours)
        with pytest.raises(ConfigError, match=r"vehicles\.csv:6: expected a box in its picture of 100 x 100"):
            classify_all(classifier, listed.vehicles)
