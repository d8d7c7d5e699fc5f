"""config.yaml: one file, checked as a whole before anything runs."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar, get_args

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator

from traffic.classification.settings import ClassifierSettings
from traffic.detection.detector import DetectorSettings
from traffic.errors import ConfigError
from traffic.events.settings import MqttSettings
from traffic.evidence.settings import EvidenceSettings
from traffic.inference.engine import InferenceSettings
from traffic.lists.settings import FormatName, ListSettings, check_lists
from traffic.passages.identifier import PassageSettings
from traffic.plates.reader import PlateSettings
from traffic.privacy.settings import PrivacySettings
from traffic.rules.settings import RulesSettings
from traffic.scene.settings import SceneSettings
from traffic.sections.settings import SectionSettings
from traffic.settings import Settings
from traffic.store.settings import DatabaseSettings
from traffic.telemetry import TelemetrySettings
from traffic.tracking.settings import TrackerSettings
from traffic.video.source import SourceSettings

INPUT_MULTIPLE = 32
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")
_SQLITE_FILE = re.compile(r"(?P<scheme>sqlite(?:\+pysqlite)?:///)(?P<path>[^/].*)")
_BEFORE_LAST_AT = re.compile(r"\S.*@", re.DOTALL)
_QUOTED = re.compile(r"""(?P<harmless>'.'|'<[^']*>')|'[^']*'|"[^"]*\"""")
_SECRET_KEYS = frozenset({"url", "password", "pipeline"})
RESERVED_CAMERA_IDS = ("recorder",)
"""Health events of the record itself bear this name in the camera's place."""
PACKAGE = Path(__file__).parent
MODEL_KEYS = MappingProxyType(
    {
        "detector": ("model",),
        "classifier": ("model",),
        "plates": ("locator", "reader", "consensus"),
        "privacy": ("person_detector",),
    }
)
"""Where the config names model cards, and the consensus's figures."""
Model = TypeVar("Model", bound=Settings)


def _multiple_of_stride(pixels: int) -> int:
    if pixels % INPUT_MULTIPLE or pixels <= 0:
        raise ValueError(f"expected a positive multiple of {INPUT_MULTIPLE}, got {pixels}")
    return pixels


InputPixels = Annotated[int, AfterValidator(_multiple_of_stride)]


def _not_reserved(camera_id: str) -> str:
    if camera_id in RESERVED_CAMERA_IDS:
        raise ValueError("expected another id: health events of the record itself bear this one")
    return camera_id


CameraId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$"), AfterValidator(_not_reserved)]


class _KeyTwiceError(yaml.MarkedYAMLError):
    """A key is written twice in one mapping."""


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that is written twice, where YAML would keep the last one without a word."""

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:  # type: ignore[override]  # stubs err
        """A mapping as written, before anchors are merged into it."""
        node = super().compose_mapping_node(anchor)  # type: ignore[arg-type]
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise _KeyTwiceError(None, None, f"found the key {key.value!r} a second time", key.start_mark)
            seen.add(str(key.value))
        return node


class CameraSettings(Settings):
    """One camera, what it sees and which rules hold there."""

    id: CameraId
    """Names the camera in topics, rows and evidence folders: lower-case letters, digits, - and _; not recorder."""

    source: SourceSettings
    """Where the frames come from."""

    input_size: tuple[InputPixels, InputPixels] = (640, 384)
    """Width and height of the network's input for this camera, multiples of 32. 640x384 suits 16:9 without waste."""

    tracker: TrackerSettings = TrackerSettings()
    """How vehicles are followed from frame to frame."""

    scene: SceneSettings = SceneSettings()
    """Calibration, counting lines, zones and lanes."""

    rules: RulesSettings = RulesSettings()
    """Which rules hold; a rule that is left out is not judged."""


class Config(Settings):
    """The whole of config.yaml."""

    version: Literal[1] = 1
    """Version of this file's format."""

    cameras: tuple[CameraSettings, ...] = Field(min_length=1)
    """At least one camera; ids are unique."""

    inference: InferenceSettings = InferenceSettings()
    detector: DetectorSettings = DetectorSettings()
    classifier: ClassifierSettings = ClassifierSettings()
    passages: PassageSettings = PassageSettings()
    plates: PlateSettings = PlateSettings()
    lists: tuple[ListSettings, ...] = ()
    """Lists of plates: who is on one is told, and may be exempt from rules."""

    exempt_formats: tuple[FormatName, ...] = ()
    """Types of plates that no rule holds for, as country and format: "ru 20" is the police."""

    sections: tuple[SectionSettings, ...] = ()
    """Pairs of cameras between which the average speed is measured; cameras of other boxes may be named too."""

    privacy: PrivacySettings = PrivacySettings()
    evidence: EvidenceSettings = EvidenceSettings()
    database: DatabaseSettings = DatabaseSettings()
    mqtt: MqttSettings | None = None
    """The broker that gets the events; left out, events stay in the outbox until one is configured."""

    telemetry: TelemetrySettings = TelemetrySettings()

    @model_validator(mode="after")
    def _unique_camera_ids(self) -> Config:
        ids = [camera.id for camera in self.cameras]
        doubles = sorted({camera_id for camera_id in ids if ids.count(camera_id) > 1})
        if doubles:
            raise ValueError(f"expected every camera to have an id of its own, got {', '.join(doubles)} twice")
        return self

    @model_validator(mode="after")
    def _lists_exempt_from_known_rules(self) -> Config:
        check_lists(self.lists, [*RulesSettings.model_fields, *(section.rule for section in self.sections)])
        return self

    @model_validator(mode="after")
    def _unique_sections(self) -> Config:
        names = [section.name for section in self.sections]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"expected every section to have a name of its own, got {', '.join(doubles)} twice")
        return self

    @model_validator(mode="after")
    def _sections_can_match(self) -> Config:
        if self.sections and self.privacy.plates_without_violation == "drop":
            raise ValueError(
                "expected privacy.plates_without_violation: hash or keep beside sections, got drop: no passage could "
                "be matched with another, and pictures of all would be kept for nothing; write hash with a key_file, "
                "or take the sections out"
            )
        return self


def load_config(path: Path) -> Config:
    """Read, substitute ${VARIABLES}, validate, and resolve relative paths against the file's folder.

    Raises:
        ConfigError: with one line for every problem: where it is, what was expected, what came.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"expected a readable config file at {path}, but: {error}",
            remedy="name it with --config, or copy config.yaml from the project",
        ) from error
    parsed = parse_config(text, os.environ, name=str(path))
    return _with_shipped_models(_resolved(parsed, path.resolve().parent), parsed)


def _with_shipped_models(config: Config, written: Config) -> Config:
    """A config that does not name a model, and has none beside it, takes the one that is shipped.

    Models are shipped in the checkout, or in the installed package.
    """
    updates = {}
    for section, keys in MODEL_KEYS.items():
        settings, named = getattr(config, section), getattr(written, section).model_fields_set
        shipped = {key: _shipped(getattr(settings, key)) for key in keys if key not in named}
        updates[section] = settings.model_copy(update=shipped)
    return config.model_copy(update=updates)


def _shipped(model: Path | None) -> Path | None:
    if model is None:
        return None
    checkout, installed = (folder / "engines" / model.name for folder in (PACKAGE.parent, PACKAGE))
    shipped = next((card for card in (checkout, installed) if card.exists()), model)
    return model if model.exists() else shipped


def parse_config(text: str, environment: Mapping[str, str], *, name: str = "config.yaml") -> Config:
    """As load_config, of a text, with relative paths left as they are.

    Args:
        text: YAML.
        environment: gives ${NAME} and ${NAME:-default} in string values.
        name: how errors call the file.
    """
    try:
        document = yaml.load(text, _StrictLoader)  # noqa: S506  a safe loader, only stricter
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{name} is not valid YAML: {_yaml_problem(error)}", remedy="mend it there") from None
    if not isinstance(document, dict):
        raise ConfigError(
            f"{name}: expected a mapping with the key cameras, got {type(document).__name__}",
            remedy="start from the commented config.yaml of the project",
        )
    try:
        return Config.model_validate(_substituted(document, environment, name))
    except ValidationError as error:
        problems = "\n".join(f"  {line}" for line in _describe(error))
        raise ConfigError(f"{name} is not valid:\n{problems}", remedy="mend the keys above") from None


def _yaml_problem(error: yaml.YAMLError | ValueError) -> str:
    """What is wrong and where, without the text there, which may be a password; nor a tag or alias made of one."""
    if isinstance(error, yaml.reader.ReaderError):
        return f"{error.reason} (character {error.position})"
    if not isinstance(error, yaml.MarkedYAMLError):
        return "a date or number in it is none"
    problem = error.problem or error.context or "it cannot be read"
    shown = (
        problem
        if isinstance(error, _KeyTwiceError)
        else _QUOTED.sub(lambda quoted: quoted["harmless"] or "'...'", problem)
    )
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {shown}" if mark else shown


def _substituted(node: object, environment: Mapping[str, str], where: str) -> object:
    if isinstance(node, dict):
        return {key: _substituted(value, environment, f"{where}: {key}") for key, value in node.items()}
    if isinstance(node, list):
        return [_substituted(value, environment, where) for value in node]
    return _expand(node, environment, where) if isinstance(node, str) else node


def _expand(text: str, environment: Mapping[str, str], where: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = environment.get(match["name"], match["default"])
        if found is None:
            raise ConfigError(
                f"{where}: expected the environment variable {match['name']}, but it is not set",
                remedy=f"export {match['name']}=..., or write ${{{match['name']}:-default}}",
            )
        return found

    return _VARIABLE.sub(value, text)


def _describe(error: ValidationError) -> Iterator[str]:
    problems = error.errors(include_url=False)
    inside = any(problem["loc"][:1] == ("cameras",) and len(problem["loc"]) > 1 for problem in problems)
    for problem in problems:
        if inside and problem["loc"] == ("cameras",):
            continue  # that no camera is left follows from what is wrong inside them
        location = [part for part in problem["loc"] if not _is_union_tag(part)]
        where = ".".join(_key(part) for part in location) or "the file"
        if problem["type"] == "extra_forbidden":
            nearest = difflib.get_close_matches(str(location[-1]), _known_names(Config), n=1)
            yield f"{where}: unknown key" + (f"; did you mean {nearest[0]}?" if nearest else "")
        else:
            secret = not _SECRET_KEYS.isdisjoint(location)
            came = "" if problem["type"] == "missing" or secret else f", got {_shown(problem['input'])}"
            yield f"{where}: {problem['msg']}{came}"


def _key(part: object) -> str:
    """A key for a message; {password:abc}, the blank forgotten, is a key in YAML."""
    name, colon, _ = str(part).partition(":")
    return f"{name}:..." if colon else name


def _shown(value: object) -> str:
    """A value for a message, without what may be secret in it."""
    if isinstance(value, dict | list | tuple):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    text = repr(_BEFORE_LAST_AT.sub("***@", value) if isinstance(value, str) else value)
    return text if len(text) <= 60 else text[:57] + "..."


def _is_union_tag(part: object) -> bool:
    return part in ("file", "rtsp", "usb", "gstreamer")


def _known_names(model: type[Settings]) -> list[str]:
    names: list[str] = []
    for name, field in model.model_fields.items():
        names.append(name)
        for nested in _settings_in(field.annotation):
            names += _known_names(nested)
    return names


def _settings_in(annotation: object) -> Iterator[type[Settings]]:
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        yield annotation
    for argument in get_args(annotation):
        yield from _settings_in(argument)


def _resolved(settings: Model, folder: Path) -> Model:
    changed = {name: _resolved_value(name, getattr(settings, name), folder) for name in type(settings).model_fields}
    return settings.model_copy(update=changed)


def _resolved_value(name: str, value: object, folder: Path) -> object:
    if isinstance(value, Settings):
        return _resolved(value, folder)
    if isinstance(value, tuple):
        return tuple(_resolved_value(name, item, folder) for item in value)
    if isinstance(value, Path):
        return folder / value
    if name == "url" and isinstance(value, str) and (relative := _SQLITE_FILE.fullmatch(value)):
        return f"{relative['scheme']}{folder / relative['path']}"
    return value
