from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.evaluation.detection import data_folder  # noqa: E402
from traffic.training.plate_reader.peers import peers  # noqa: E402
from traffic.training.plate_reader.photos import plate_photos  # noqa: E402


def test_the_peers_read_most_plates_that_they_were_made_for() -> None:
    pytest.importorskip("onnxruntime", reason="pip install 'traffic[onnx]'")
    if not (data_folder() / "plate_models").is_dir():
        pytest.skip("TRAFFIC_DATA has no plate_models")
    readers = peers(data_folder())
    for peer, name in (("ru_lprnet_stn", "russian"), ("cct_xs_v2_global", "brazilian")):
        photos = plate_photos(data_folder(), name, 0.06)[:20]
        texts = readers[peer].texts([photo.picture for photo in photos])
        assert sum(text == photo.text for text, photo in zip(texts, photos, strict=True)) >= 16
