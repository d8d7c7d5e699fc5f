import contextlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")
pytest.importorskip("fontTools", reason="fetching fonts needs fonttools: pip install fonttools")

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTLibError

from traffic.errors import ConfigError
from traffic.simulation.plate_drawing.faces import faces_in
from traffic.training.plate_reader.fonts import FAMILIES, fetch_fonts, unpacked


def font_of_bars() -> bytes:
    """A font in which A is a bar, as it stands in a package."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 700), (300, 700), (300, 0)):
        pen.lineTo(point)
    pen.closePath()
    bar = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    builder.setupGlyf({".notdef": bar, "A": bar})
    builder.setupHorizontalMetrics({".notdef": (400, 100), "A": (400, 100)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Bars", "styleName": "Bold"})
    builder.setupOS2()
    builder.setupPost()
    builder.font.flavor = "woff"
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()


def package(
    folder: Path, weights: tuple[int, ...], licence: str = "OFL-1.1", spoilt: int = 0, name: str = "bars.tgz"
) -> Path:
    """A package of @fontsource; the file of the weight `spoilt` is no font."""
    files = {f"files/bars-latin-{weight}-normal.woff": font_of_bars() for weight in weights if weight != spoilt}
    files |= {f"files/bars-latin-{weight}-normal.woff": b"no font" for weight in weights if weight == spoilt}
    files["package.json"] = json.dumps({"license": licence}).encode()
    path = folder / name
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_the_sturdiest_two_weights_become_fonts_that_plates_are_drawn_with(tmp_path: Path) -> None:
    written = list(unpacked(package(tmp_path, (400, 600, 700)), "bars", tmp_path))
    assert [path.name for path in written] == ["bars-SemiBold.ttf", "bars-Bold.ttf"]
    face = faces_in((tmp_path,))[0]
    assert face.width("A") == pytest.approx(0.7 * 200 / 700, abs=0.03)


def test_a_family_of_one_weight_gives_that(tmp_path: Path) -> None:
    assert [path.name for path in unpacked(package(tmp_path, (400,)), "bars", tmp_path)] == ["bars-Regular.ttf"]


def test_a_font_under_another_licence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"under OFL-1\.1, got Proprietary"):
        list(unpacked(package(tmp_path, (700,), "Proprietary"), "bars", tmp_path))


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    for family in FAMILIES:
        (tmp_path / f"{family}-Bold.ttf").touch()
    assert len(fetch_fonts(tmp_path)) == len(FAMILIES)


def npm_that(folder: Path, does: str) -> str:
    """A program called npm, on a path of its own before the usual one."""
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_what_npm_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", npm_that(tmp_path, "echo 'E404 no such package' >&2; exit 1"))
    with pytest.raises(ConfigError, match=r"expected the package @fontsource/bars@.*, npm said: E404 no such package"):
        fetch_fonts(tmp_path / "fonts", ("bars",))


def test_a_family_that_broke_off_half_way_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = package(tmp_path, (600, 700), spoilt=700, name="broken.tgz")
    for sent, there in ((broken, []), (package(tmp_path, (600, 700)), ["bars-Bold.ttf", "bars-SemiBold.ttf"])):
        monkeypatch.setenv("PATH", npm_that(tmp_path, f'cp {sent} "$5/bars.tgz"'))
        with contextlib.suppress(TTLibError):
            fetch_fonts(tmp_path / "fonts", ("bars",))
        assert sorted(path.name for path in (tmp_path / "fonts").iterdir()) == there
