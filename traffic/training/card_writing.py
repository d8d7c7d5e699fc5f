"""How a trained model is released: its file and its log are put in place, and a card beside them says what it is."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TypedDict

import yaml

from traffic.inference.model_card import ModelCard, sha256_of

LICENCE = "Apache-2.0"


class Identity(TypedDict):
    """The fields of a card that tell which file it is for, under which licence, and since when (a day in UTC)."""

    file: str
    sha256: str
    licence: str
    created: date


def identity_of(model: Path) -> Identity:
    """For the card of a model file of ours, already under its final name, made today."""
    return Identity(
        file=model.name, sha256=sha256_of(model), licence=LICENCE, created=datetime.now(timezone.utc).date()
    )


def put_in_place(model: Path, released: Path, log: str) -> None:
    """Copy a model and its log.

    Args:
        model: the ONNX file that a recipe made.
        released: where it belongs; the folder is made if need be.
        log: the name of the log's file, which lies beside the model.
    """
    released.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model, released)
    shutil.copyfile(model.with_name(log), released.with_name(log))


def write_card(card: ModelCard, path: Path) -> None:
    """Write a card as YAML, leaving out what says nothing."""
    fields = card.model_dump(mode="json", exclude_none=True)
    path.write_text(yaml.safe_dump(fields, sort_keys=False, default_flow_style=None, width=120), encoding="utf-8")
