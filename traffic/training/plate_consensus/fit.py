"""Fit the consensus of plates and write its figures: `python -m traffic.training.plate_consensus.fit FIT.npz`.

The files of readings are what `traffic evaluate passages --readings FILE.npz` writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from traffic.errors import ModelError
from traffic.evaluation.metrics.calibration import calibration
from traffic.inference.model_card import Figure, PlateReaderCard, load_model_card
from traffic.plates.agreement import best_single_reading
from traffic.plates.calibration import ConsensusCard, Weights
from traffic.plates.recorded import KnownPassage, read_known_passages
from traffic.training.plate_consensus.probabilities import fitted_calibration, outcomes
from traffic.training.plate_consensus.weighing import consensus_with, fitted_weights

CARD_FILE = Path("engines/plate_consensus.json")
READER = Path("engines/plate_reader.yaml")
HELD_OUT = "rendered passages, held out"
NOTE = (
    "Weights by coordinate ascent on the mean logarithm of the true plates' shares, probabilities by logistic "
    "regression, both on rendered passages alone. Fit it again when the plate reader changes."
)


def main(
    fit: Annotated[Path, typer.Argument(metavar="FIT.npz", help="Passages to fit to.")],
    *,
    held_out: Annotated[Path | None, typer.Option(help="Others, that the card's figures are measured on.")] = None,
    reader: Annotated[Path, typer.Option(help="The card of the reader that read them.")] = READER,
    rounds: Annotated[int, typer.Option(help="How often each weight is tried anew.")] = 3,
    out: Annotated[Path, typer.Option(help="Where the figures are written.")] = CARD_FILE,
) -> None:
    """Fit the weights and the probabilities, measure them on other passages, and write them."""
    passages = read_known_passages(fit)
    card = fitted_card(passages, load_model_card(reader, PlateReaderCard).sha256, rounds)
    if held_out is not None:
        others = read_known_passages(held_out)
        _require_apart(passages, others)
        card = card.model_copy(update={"figures": measured(card, others)})
    for figure in card.figures:
        typer.echo(f"{figure.name}: {figure.value:.4f} of {figure.samples} ({figure.peer or 'no peer'})")
    out.write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")


def fitted_card(passages: Sequence[KnownPassage], reader_sha256: str, rounds: int) -> ConsensusCard:
    """Everything that is fitted, fitted."""
    weights = fitted_weights(passages, Weights(), rounds, typer.echo)
    return ConsensusCard(
        reader_sha256=reader_sha256,
        weights=weights,
        calibration=fitted_calibration(outcomes(passages, weights)),
        command="python -m traffic.training.plate_consensus.fit FIT.npz --held-out OTHERS.npz",
        note=f"{NOTE} Fitted to {len(passages)} passages.",
    )


def measured(card: ConsensusCard, passages: Sequence[KnownPassage]) -> tuple[Figure, ...]:
    """Exact match beside the strongest single reading, and how well the probabilities tell it."""
    plates = [consensus_with(card).plate(each.readings) for each in passages]
    singles = [best_single_reading(each.readings) for each in passages]
    right = [plate is not None and plate.text == each.text for plate, each in zip(plates, passages, strict=True)]
    alone = [one is not None and one.text == each.text for one, each in zip(singles, passages, strict=True)]
    told = [(plate.probability, is_right) for plate, is_right in zip(plates, right, strict=True) if plate is not None]
    reliability = calibration([share for share, _ in told], [is_right for _, is_right in told])
    n = len(passages)
    exact = Figure(
        set=HELD_OUT,
        name="exact match",
        value=round(sum(right) / n, 4),
        samples=n,
        peer="the strongest single reading",
        peer_value=round(sum(alone) / n, 4),
    )
    error = Figure(
        set=HELD_OUT,
        name="expected calibration error",
        value=round(reliability.expected_error or 0.0, 4),
        samples=reliability.count,
    )
    return exact, error


def _require_apart(fit: Sequence[KnownPassage], others: Sequence[KnownPassage]) -> None:
    shared = {each.name for each in fit} & {each.name for each in others}
    if shared:
        raise ModelError(
            f"expected held-out passages that nothing is fitted to, got {len(shared)} of the same, like {min(shared)}",
            remedy="render them with other seeds",
        )


if __name__ == "__main__":
    typer.run(main)
