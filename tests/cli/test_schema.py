"""The published schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.cli.project import Traffic
from traffic.cli.schema import config_schema

REPOSITORY = Path(__file__).parents[2]
CAMERA = {"id": "north", "source": {"kind": "file", "path": "road.mp4"}}


@pytest.mark.parametrize("kind", ["config", "events"])
def test_the_committed_schema_is_the_current_one(kind: str, traffic: Traffic) -> None:
    committed = REPOSITORY / f"docs/{kind}.schema.json"

    assert traffic("schema", kind).out == committed.read_text("utf-8"), (
        f"write it again: traffic schema {kind} > docs/{kind}.schema.json"
    )


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(config_schema()))


@pytest.mark.parametrize(
    ("config", "fits"),
    [
        ({"cameras": [CAMERA]}, True),
        ({"cameras": [CAMERA | {"rules": {"speeding": {"limit_kmh": 60}}}]}, True),
        ({"cameras": []}, False),
        ({"cameras": [CAMERA | {"rulez": {}}]}, False),
        ({"cameras": [CAMERA | {"rules": {"speeding": {"limit_kmh": -1}}}]}, False),
        ({"cameras": [CAMERA | {"source": {"kind": "webcam"}}]}, False),
    ],
)
def test_an_editor_with_it_knows_right_from_wrong(config: dict[str, object], fits: bool) -> None:
    assert Draft202012Validator(json.loads(config_schema())).is_valid(config) is fits


def test_the_projects_own_config_names_its_schema_and_keeps_to_it() -> None:
    text = (REPOSITORY / "config.yaml").read_text("utf-8")

    assert text.startswith("# yaml-language-server: $schema=docs/config.schema.json\n")
    assert list(Draft202012Validator(json.loads(config_schema())).iter_errors(yaml.safe_load(text))) == []


def test_every_key_is_explained() -> None:
    unexplained = list(_unexplained(json.loads(config_schema())))

    assert unexplained == []


def _unexplained(schema: dict[str, Any]) -> Iterator[str]:
    groups = {"Config": schema, **schema["$defs"]}
    for group, definition in groups.items():
        for key, described in definition.get("properties", {}).items():
            if key != "kind" and not ("description" in described or "$ref" in described):
                yield f"{group}.{key}"
