"""Write the person detector: YOLOX-Nano's published COCO weights with one class, measured, with its card and log.

`python -m traffic.training.person_detector.release YOLOX_NANO_COCO.onnx --out engines`
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from traffic.evaluation.detection import COCO_FILE, EXACT, data_folder
from traffic.evaluation.detectors import ColumnEngine
from traffic.inference.model_card import DataSource, Figure, ImageInput, Recipe, YoloxOutput, sha256_of
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.privacy.people import PeopleFinder
from traffic.privacy.person_card import PersonDetectorCard
from traffic.privacy.settings import PrivacySettings
from traffic.training.card_writing import identity_of, write_card
from traffic.training.detector.network import WithScores, Yolox
from traffic.training.detector.onnx_import import load_coco
from traffic.training.export import export_onnx
from traffic.training.onnx_file import INPUT_NAME, OUTPUT_NAME
from traffic.training.person_detector.measure import SMALL_PX, PeopleFigures, labelled_people, measure
from traffic.training.person_detector.one_class import PERSON_COLUMN, only_class

NAME = "person_detector"
TILE = (640, 384)
PUBLISHED_SIZE = (416, 416)
SET = "close_ups"
PEER = "COCO YOLOX-Nano, once at 416x416"
NOTE = (
    "Nothing was trained: these are the published COCO weights, of whose 80 classes one is kept. A person counts as "
    "found where half of the upper third of the box is covered by what was found, at the suggested threshold, in tiles "
    f"of {TILE[0]}x{TILE[1]} of a picture enlarged as the privacy settings have it by default. Nobody labelled: the "
    "share of the area taken for people in pictures without a labelled person; in some of them people sit behind "
    "windscreens."
)


def make_card(model: Path, coco: Path, data: Path) -> PersonDetectorCard:
    """Measure the model beside its original on the labelled people of the data folder."""
    settings = PrivacySettings()
    with OpenVinoEngine(model, TILE, EXACT) as engine:
        ours = _measured(PeopleFinder(engine, TILE, settings.minimum_person_score, settings.enlargement), data)
    with ColumnEngine(OpenVinoEngine(coco, PUBLISHED_SIZE, EXACT), [PERSON_COLUMN]) as engine:
        theirs = _measured(PeopleFinder(engine, PUBLISHED_SIZE, settings.minimum_person_score, None), data)
    return PersonDetectorCard(
        name="person-detector-nano-coco",
        task="person-detection",
        **identity_of(model),
        input=ImageInput(name=INPUT_NAME, default_size=TILE),
        output=YoloxOutput(name=OUTPUT_NAME),
        classes=("person",),
        score_threshold=settings.minimum_person_score,
        data=(DataSource(name="COCO 2017 through YOLOX-Nano (the published weights)", licence="Apache-2.0"),),
        figures=figures(ours, theirs),
        recipe=Recipe(command=f"python -m traffic.training.{NAME}.release", seed=0),
        note=NOTE,
    )


def figures(ours: PeopleFigures, theirs: PeopleFigures) -> tuple[Figure, ...]:
    """For the card: shares of the people found and of the area hidden for nobody."""
    rows = (
        ("people found", ours.people, ours.covered, theirs.covered),
        (f"people lower than {SMALL_PX:.0f} px found", ours.small, ours.small_covered, theirs.small_covered),
    )
    found = tuple(
        Figure(
            set=SET,
            name=name,
            value=round(covered / max(people, 1), 3),
            samples=people,
            peer=PEER,
            peer_value=round(by_peer / max(people, 1), 3),
        )
        for name, people, covered, by_peer in rows
    )
    area = Figure(
        set=SET,
        name="area hidden where nobody is labelled",
        value=round(ours.empty_hidden, 4),
        samples=ours.empty,
        peer=PEER,
        peer_value=round(theirs.empty_hidden, 4),
    )
    return (*found, area)


def largest_difference(network: Yolox, model: Path) -> float:
    """Between what the network and the written model make of one noisy picture: boxes in cells, scores 0..1."""
    picture = np.random.default_rng(0).integers(0, 256, (1, TILE[1], TILE[0], 3), dtype=np.uint8)
    with torch.inference_mode(), OpenVinoEngine(model, TILE, EXACT) as engine:
        expected = WithScores(network)(torch.from_numpy(picture.transpose(0, 3, 1, 2).astype(np.float32))).numpy()
        return float(np.abs(engine.infer(picture) - expected).max())


def _measured(finder: PeopleFinder, data: Path) -> PeopleFigures:
    return measure(finder, labelled_people(data))


def main(
    coco: Annotated[Path | None, typer.Argument(help="the published ONNX file; left out, the data folder's")] = None,
    out: Annotated[Path, typer.Option(help="folder for the model, its card and its log")] = Path("engines"),
) -> None:
    """Write the person detector, measure it, and put model, card and log in place."""
    torch.set_num_threads(1)
    source, model = coco or data_folder() / COCO_FILE, out / f"{NAME}.onnx"
    out.mkdir(parents=True, exist_ok=True)
    network = only_class(load_coco(source), PERSON_COLUMN)
    export_onnx(network, model)
    card = make_card(model, source, data_folder())
    write_card(card, model.with_suffix(".yaml"))
    log = [
        {
            "event": "exported",
            "source_sha256": sha256_of(source),
            "largest_difference": largest_difference(network, model),
        },
        *({"event": "measured", **figure.model_dump(mode="json")} for figure in card.figures),
    ]
    (out / f"{NAME}.training.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log), encoding="utf-8")
    typer.echo(model.with_suffix(".yaml").read_text(encoding="utf-8"))


if __name__ == "__main__":
    typer.run(main)
