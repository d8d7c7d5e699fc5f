"""Checks of what is done with plates: the consensus's figures, lists, sections, and the key of their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from traffic.checks.result import CheckResult, failed
from traffic.config import CameraSettings
from traffic.errors import ConfigError, ModelError
from traffic.lists.file import read_list
from traffic.lists.settings import ListSettings
from traffic.plates.calibration import load_consensus_card
from traffic.plates.consensus import fits_reader
from traffic.plates.reader import PlateSettings
from traffic.privacy.privatiser import Privatiser
from traffic.privacy.settings import PrivacySettings
from traffic.sections.settings import SectionSettings


def check_consensus(plates: PlateSettings) -> CheckResult:
    """The figures that make one plate of many readings are there, whole, and fitted to the configured reader."""
    countries = f"plates of {', '.join(plates.countries)}"
    if plates.consensus is None:
        return CheckResult("plate consensus", "ok", f"not fitted to anything; {countries}")
    try:
        fits = fits_reader(load_consensus_card(plates.consensus), plates)
    except ModelError as error:
        return failed("plate consensus", error)
    if not fits:
        told = f"{plates.consensus.name} was fitted to another plate reader: its probabilities mean little"
        return CheckResult("plate consensus", "warning", told, "fit it again (docs/plates.md), or use its reader")
    return CheckResult("plate consensus", "ok", f"{plates.consensus.name} fits the reader; {countries}")


def check_lists(lists: Sequence[ListSettings]) -> Iterator[CheckResult]:
    """Every list of plates can be read."""
    for wanted in lists:
        name = f"list {wanted.name}"
        try:
            entries = len(read_list(wanted.file))
            told = f"{wanted.file}: {entries} {'line' if entries == 1 else 'lines'}; {wanted.kind}"
            yield CheckResult(name, "ok", told)
        except ConfigError as error:
            yield failed(name, error)


def check_privacy(privacy: PrivacySettings) -> CheckResult:
    """Where plates are hashed, the key is there, long enough, and its owner's alone."""
    try:
        Privatiser(privacy)
    except ConfigError as error:
        return failed("privacy", error)
    hidden = [
        name for name, wanted in (("other plates", privacy.blur_others), ("people", privacy.blur_people)) if wanted
    ]
    kept = f"plates without a violation: {privacy.plates_without_violation}"
    return CheckResult("privacy", "ok", f"{kept}; pictures hide {' and '.join(hidden) or 'nothing'}")


def check_sections(sections: Sequence[SectionSettings], cameras: Sequence[CameraSettings]) -> Iterator[CheckResult]:
    """The counting lines of a section's ends are drawn, at those cameras that are this config's."""
    lines = {camera.id: {line.name for line in camera.scene.lines} for camera in cameras}
    for section in sections:
        name, ends = f"section {section.name}", ((section.entry, section.entry_line), (section.exit, section.exit_line))
        missing = [f"{line} of camera {end}" for end, line in ends if line and end in lines and line not in lines[end]]
        if missing:
            told = f"expected the counting line {' and '.join(missing)}, there is none of that name"
            yield CheckResult(name, "error", told, "draw it in scene.lines, or correct the section")
        else:
            yield CheckResult(name, "ok", f"{section.entry} to {section.exit}, {section.distance_m:g} m")
