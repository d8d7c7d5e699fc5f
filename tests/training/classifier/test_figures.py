from types import TracebackType

import numpy as np
import pytest

from traffic.datatypes import Float32Array, UInt8Array
from traffic.training.classifier.figures import CHUNK, HeadFigures, confusion, judge, probabilities
from traffic.training.classifier.samples import Sample

TYPES, COLOURS = ("car", "bus"), ("white", "black")


def sample(kind: str | None, colour: str | None, shade: int = 0) -> Sample:
    return Sample("street", np.full((20, 20, 3), shade, np.uint8), (2, 2, 18, 18), kind, colour)


class ShadeEngine:
    """Gives each picture's shade in every column."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def infer(self, images: UInt8Array) -> Float32Array:
        self.batches.append(len(images))
        return np.repeat(images[:, 0, 0, :1].astype(np.float32), 4, axis=1)

    def __enter__(self) -> "ShadeEngine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def test_each_head_is_judged_where_its_label_is_known() -> None:
    samples = [sample("car", "white"), sample("car", None), sample("bus", "black"), sample(None, "black")]
    rows = np.array([[0.9, 0.1, 0.8, 0.2], [0.3, 0.7, 0.9, 0.1], [0.2, 0.8, 0.6, 0.4], [1, 0, 0.1, 0.9]], np.float32)
    types, colours = judge(rows, samples, TYPES, COLOURS)
    assert types.confusion.tolist() == [[1, 1], [0, 1]]
    assert colours.confusion.tolist() == [[1, 0], [1, 1]]


def test_accuracy_counts_vehicles_and_mean_recall_counts_classes() -> None:
    figures = HeadFigures(("car", "bus", "tram"), np.array([[8, 0, 0], [1, 1, 0], [0, 0, 0]]))
    assert figures.samples == 10
    assert figures.accuracy == pytest.approx(0.9)
    assert figures.recalls() == {"car": 1.0, "bus": 0.5}
    assert figures.balanced == pytest.approx(0.75)


def test_nothing_measured_is_no_accuracy() -> None:
    figures = HeadFigures(TYPES, confusion([-1, -1], [0, 1], 2))
    assert (figures.samples, figures.accuracy, figures.balanced, figures.recalls()) == (0, 0.0, 0.0, {})


def test_samples_are_asked_for_in_chunks_and_answered_in_order() -> None:
    engine = ShadeEngine()
    rows = probabilities(engine, [sample("car", None, shade) for shade in range(CHUNK + 3)], (32, 32))
    assert engine.batches == [CHUNK, 3]
    assert rows[:, 0].tolist() == list(range(CHUNK + 3))
