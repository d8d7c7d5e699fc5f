from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.errors import ModelError  # noqa: E402
from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.training.compression.soft_targets import distillation_loss  # noqa: E402
from traffic.training.compression.starting_point import load_float  # noqa: E402
from traffic.training.compression.teachers import coco_targets, open_teacher  # noqa: E402
from traffic.training.detector.assignment import cells_of  # noqa: E402

OURS = ("car", "van", "bus", "truck", "motorcycle")
EXACT = InferenceSettings(precision="f32", threads=1)
SIZE = (96, 64)
IMAGES = torch.randint(0, 256, (2, 3, 64, 96), generator=torch.Generator().manual_seed(0)).float()


@pytest.mark.parametrize(
    ("car", "person", "objectness", "expected"),
    [(0.9, 0.0, 0.8, 0.8), (0.0, 0.9, 0.8, 0.0), (0.4, 0.8, 0.8, 0.4), (0.9, 0.3, 0.1, 0.1)],
)
def test_a_thing_is_a_vehicle_as_far_as_its_best_class_is_one(
    car: float, person: float, objectness: float, expected: float
) -> None:
    rows = torch.zeros(1, len(cells_of(SIZE).corners), 85)
    rows[0, 7, 4], rows[0, 7, 5 + 2], rows[0, 7, 5 + 0] = objectness, car, person
    targets = coco_targets(rows, SIZE)
    assert targets.objectness[0, 7].item() == pytest.approx(expected, abs=1e-5)
    assert targets.classes is None


def test_a_teacher_of_ours_teaches_a_network_with_its_own_weights_nothing(released: Path, tmp_path: Path) -> None:
    with open_teacher(released, OURS, tmp_path, [SIZE], EXACT) as teacher:
        targets = teacher.targets(IMAGES)
    student = load_float(released)
    with torch.inference_mode():
        loss = distillation_loss(student(IMAGES), targets, cells_of(SIZE))
    assert loss.total.item() == pytest.approx(0, abs=1e-3)


def test_the_coco_original_teaches_on_the_same_grid(coco_file: Path, tmp_path: Path) -> None:
    data = coco_file.parents[1]
    with open_teacher(None, OURS, data, [SIZE, (64, 64)], EXACT) as teacher:
        assert teacher.targets(IMAGES).xyxy.shape == (2, len(cells_of(SIZE).corners), 4)
        assert teacher.targets(IMAGES[..., :64]).objectness.shape == (2, len(cells_of((64, 64)).corners))


def test_a_teacher_of_other_classes_is_refused(released: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="expected a teacher of car, bus, got one of car, van"):
        open_teacher(released, ("car", "bus"), tmp_path, [SIZE], EXACT)
