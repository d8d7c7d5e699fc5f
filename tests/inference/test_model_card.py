from pathlib import Path

import pytest
import yaml

from traffic.datatypes import VEHICLE_CLASSES
from traffic.detection.yolox import PAD_VALUE, STRIDES
from traffic.errors import ModelError
from traffic.inference.model_card import DetectorCard, load_model_card, require_contract, sha256_of, verified_model_path

SHIPPED = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"


@pytest.fixture
def card_path(tmp_path: Path) -> Path:
    """A card for the file `tiny.onnx`, whose bytes are b"weights"."""
    fields = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    (tmp_path / "tiny.onnx").write_bytes(b"weights")
    # printf weights | sha256sum
    fields |= {"file": "tiny.onnx", "sha256": "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"}
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(fields), encoding="utf-8")
    return path


def rewrite(path: Path, **changes: object) -> None:
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes), encoding="utf-8")


def test_the_shipped_model_is_the_one_its_card_describes() -> None:
    assert verified_model_path(SHIPPED) == SHIPPED.with_name(load_model_card(SHIPPED, DetectorCard).file)


def test_the_shipped_model_names_only_vehicle_classes() -> None:
    assert set(load_model_card(SHIPPED, DetectorCard).classes) <= set(VEHICLE_CLASSES)


def test_the_shipped_model_is_small_enough_for_a_clone() -> None:
    assert verified_model_path(SHIPPED).stat().st_size < 10_000_000


def test_a_model_with_the_expected_bytes_is_accepted(card_path: Path) -> None:
    assert verified_model_path(card_path) == card_path.with_name("tiny.onnx")


def test_an_altered_model_is_refused_with_both_sums_and_a_remedy(card_path: Path) -> None:
    expected = load_model_card(card_path, DetectorCard).sha256
    model = card_path.with_name("tiny.onnx")
    model.write_bytes(b"weightS")
    with pytest.raises(ModelError) as refused:
        verified_model_path(card_path)
    assert expected in str(refused.value)
    assert sha256_of(model) in str(refused.value)
    assert "git checkout" in refused.value.remedy


def test_a_missing_model_is_refused_with_its_path_and_a_remedy(card_path: Path) -> None:
    card_path.with_name("tiny.onnx").unlink()
    with pytest.raises(ModelError, match=r"tiny\.onnx") as refused:
        verified_model_path(card_path)
    assert refused.value.remedy


def test_a_missing_card_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.yaml"):
        load_model_card(tmp_path / "nowhere.yaml", DetectorCard)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sha256": "abc"}, "sha256"),
        ({"score_threshold": 1.5}, "score_threshold"),
        ({"classes": []}, "classes"),
        ({"colour": "red"}, "colour"),
        ({"task": "plate-reading"}, "not the card of a vehicle-detection model, but of a plate-reading model"),
        ({"task": "cooking"}, "task: Input should be"),
    ],
)
def test_a_card_that_says_the_impossible_is_refused_by_field(
    card_path: Path, changes: dict[str, object], complaint: str
) -> None:
    rewrite(card_path, **changes)
    with pytest.raises(ModelError, match=complaint) as refused:
        load_model_card(card_path, DetectorCard)
    assert len(refused.value.problem.splitlines()) == 1


CONTRACT = {"pad_value": 114, "strides": (8, 16, 32), "output_format": "yolox-undecoded", "input_multiple": 32}


def test_the_shipped_model_keeps_the_contract_of_the_detectors_code() -> None:
    require_contract(
        load_model_card(SHIPPED, DetectorCard),
        pad_value=PAD_VALUE,
        strides=STRIDES,
        output_format="yolox-undecoded",
        input_multiple=32,
    )


@pytest.mark.parametrize(
    ("part", "change", "complaint"),
    [
        ("input", {"pad_value": 0}, "input.pad_value: expected 114, got 0"),
        ("input", {"value_range": [0.0, 1.0]}, r"input.value_range: expected \(0.0, 255.0\), got \(0.0, 1.0\)"),
        ("input", {"stride": 64}, "input.stride: expected a divisor of 32, got 64"),
        ("output", {"strides": [8, 16, 32, 64]}, r"output.strides: expected \(8, 16, 32\), got \(8, 16, 32, 64\)"),
    ],
)
def test_a_model_that_the_code_would_run_wrongly_is_refused_by_field(
    card_path: Path, part: str, change: dict[str, object], complaint: str
) -> None:
    fields = yaml.safe_load(card_path.read_text())[part]
    rewrite(card_path, **{part: fields | change})
    with pytest.raises(ModelError, match=complaint) as refused:
        require_contract(load_model_card(card_path, DetectorCard), **CONTRACT)
    assert "vehicle-detector" in str(refused.value)
    assert refused.value.remedy


def test_an_input_stride_that_divides_ours_is_taken(card_path: Path) -> None:
    rewrite(card_path, input=yaml.safe_load(card_path.read_text())["input"] | {"stride": 16})
    require_contract(load_model_card(card_path, DetectorCard), **CONTRACT)


@pytest.mark.parametrize("content", [b"created: 2026-13-45", b"\xff\xfe\x00"], ids=["no date", "no text"])
def test_a_card_that_cannot_be_read_is_refused(card_path: Path, content: bytes) -> None:
    card_path.write_bytes(content)
    with pytest.raises(ModelError, match="not a model card"):
        load_model_card(card_path, DetectorCard)


def test_a_card_that_is_no_yaml_is_refused(card_path: Path) -> None:
    card_path.write_text("name: [", encoding="utf-8")
    with pytest.raises(ModelError, match="not a model card"):
        load_model_card(card_path, DetectorCard)


def test_the_sum_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.write_bytes(b"abc")
    # FIPS 180-4, example "abc"
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
