"""Free typefaces for drawn plates, from the npm registry: `python -m traffic.training.plate_reader.fonts --out FOLDER`.

Nobody may ship the typefaces of number plates with a program; what resembles them are sturdy narrow and monospaced
faces. They are needed to draw plates for the training, and for nothing else.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Annotated

import typer

from traffic.errors import ConfigError

VERSION = "5.3.0"
"""Of every package."""
FAMILIES: tuple[str, ...] = (
    "antonio",
    "archivo-narrow",
    "b612-mono",
    "barlow",
    "barlow-condensed",
    "barlow-semi-condensed",
    "bebas-neue",
    "chakra-petch",
    "cuprum",
    "exo-2",
    "fjalla-one",
    "gidole",
    "ibm-plex-mono",
    "jetbrains-mono",
    "kanit",
    "oswald",
    "overpass-mono",
    "pathway-gothic-one",
    "pt-sans-narrow",
    "rajdhani",
    "roboto-condensed",
    "roboto-mono",
    "saira-condensed",
    "saira-semi-condensed",
    "share-tech-mono",
    "space-mono",
)
"""Packages of the scope @fontsource, all under the SIL Open Font License 1.1."""
LICENCE = "OFL-1.1"
_WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
"""As the drawing's faces_in wants files to be called."""


def fetch_fonts(out: Path, families: tuple[str, ...] = FAMILIES) -> list[Path]:
    """Fetch the families and write their sturdiest two weights as TrueType files.

    Args:
        out: a folder; what it holds already is not fetched again.
        families: packages of @fontsource.

    Raises:
        ConfigError: npm is missing or gave no package, or a package's licence is another one.
    """
    out.mkdir(parents=True, exist_ok=True)
    return [path for family in families for path in _family(family, out)]


def _family(family: str, out: Path) -> list[Path]:
    there = [path for name in _WEIGHTS.values() if (path := out / f"{family}-{name}.ttf").exists()]
    if there:
        return there
    with TemporaryDirectory(dir=out) as folder:
        made = list(unpacked(_pack(family, Path(folder)), family, Path(folder)))
        return [path.replace(out / path.name) for path in made]


def _pack(family: str, folder: Path) -> Path:
    package = f"@fontsource/{family}@{VERSION}"
    command = ["npm", "pack", package, "--silent", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip() or str(error)
        raise ConfigError(f"expected the package {package}, npm said: {said}", remedy="go online") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(
            f"expected the package {package}, got: {error}", remedy="install npm, and go online"
        ) from error
    return next(folder.glob("*.tgz"))


def unpacked(package: Path, family: str, out: Path) -> Iterator[Path]:
    """Write the sturdiest two upright weights of a package of @fontsource; gives the files.

    Raises:
        ConfigError: its licence is not LICENCE.
    """
    with tarfile.open(package) as archive:
        licence = json.load(_member(archive, "package.json"))["license"]
        if licence != LICENCE:
            raise ConfigError(f"expected {family} under {LICENCE}, got {licence}", remedy="take another typeface")
        files = {weight: f"files/{family}-latin-{weight}-normal.woff" for weight in _WEIGHTS}
        names = set(archive.getnames())
        for weight in [weight for weight, file in files.items() if f"package/{file}" in names][-2:]:
            yield _as_truetype(archive, files[weight], out / f"{family}-{_WEIGHTS[weight]}.ttf")


def _as_truetype(archive: tarfile.TarFile, file: str, out: Path) -> Path:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    font = TTFont(_member(archive, file))
    font.flavor = None
    font.save(out)
    return out


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.extractfile(f"package/{name}")
    if member is None:
        raise ConfigError(f"expected {name} in a package of @fontsource", remedy="fetch the package again")
    return member


def main(out: Annotated[Path, typer.Option(help="folder for the fonts")] = Path("data/fonts")) -> None:
    """Fetch the typefaces that plates are drawn with."""
    typer.echo(f"{out}: {len(fetch_fonts(out))} fonts")


if __name__ == "__main__":
    typer.run(main)
