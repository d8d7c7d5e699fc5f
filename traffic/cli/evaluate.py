"""`traffic evaluate`: how good something is on data with labels."""

from __future__ import annotations

import typer

from traffic.cli import evaluate_classifier, evaluate_detector, evaluate_passages, evaluate_plates, evaluate_tracker

app = typer.Typer(help="Measure on data with labels.", no_args_is_help=True)


@app.callback()
def _evaluate() -> None:
    pass


app.command("detector")(evaluate_detector.detector)
app.command("tracker")(evaluate_tracker.tracker)
app.command("classifier")(evaluate_classifier.classifier)
app.command("plates")(evaluate_plates.plates)
app.command("passages")(evaluate_passages.passages)
