from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from collections.abc import Sequence  # noqa: E402

from traffic.datatypes import UInt8Array  # noqa: E402
from traffic.training.plate_reader.sheet import contact_sheet  # noqa: E402


class Silent:
    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        return [""] * len(pictures)


def test_twenty_plates_are_shown_even_if_all_are_misread() -> None:
    sheet = contact_sheet(Silent(), ())
    assert sheet.shape == (4 * 116, 5 * 248, 3)
    assert sheet.std() > 10
