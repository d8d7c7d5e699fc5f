import pytest
import typer
from plates.readers import blurred
from typer.testing import CliRunner

from traffic.plates.calibration import load_consensus_card
from traffic.plates.recorded import KnownPassage, write_known_passages
from traffic.training.plate_consensus import fit
from traffic.training.plate_consensus.fit import measured

PLATES = ("A123BC77", "M908TX199", "K001AA50")


def passages(first, count=4):
    """Each seen twice, hazily."""
    return [
        KnownPassage(
            f"passage {seed}",
            PLATES[seed % 3],
            "ru",
            "day",
            tuple(blurred(PLATES[seed % 3], seed=10 * seed + view, certainty=0.6) for view in range(2)),
        )
        for seed in range(first, first + count)
    ]


@pytest.fixture
def app():
    command = typer.Typer()
    command.command()(fit.main)
    return command


def test_the_card_is_written_with_what_other_passages_gave(app, tmp_path):
    write_known_passages(tmp_path / "fit.npz", passages(0))
    write_known_passages(tmp_path / "others.npz", passages(100))
    out = tmp_path / "card.json"
    told = CliRunner().invoke(
        app, [f"{tmp_path}/fit.npz", "--held-out", f"{tmp_path}/others.npz", "--out", str(out), "--rounds", "1"]
    )
    assert told.exit_code == 0, told.output
    card = load_consensus_card(out)
    assert [figure.name for figure in card.figures] == ["exact match", "expected calibration error"]
    assert (card.figures[0].value, card.figures[0].samples) == (1.0, 4)
    assert len(card.reader_sha256) == 64


def test_passages_that_were_fitted_to_are_not_held_out(app, tmp_path):
    write_known_passages(tmp_path / "fit.npz", passages(0, 2))
    command = [
        f"{tmp_path}/fit.npz",
        "--held-out",
        f"{tmp_path}/fit.npz",
        "--out",
        f"{tmp_path}/card.json",
        "--rounds",
        "0",
    ]
    told = CliRunner().invoke(app, command)
    assert "expected held-out passages" in str(told.exception)
    assert not (tmp_path / "card.json").exists()


def test_passages_without_a_reading_count_as_not_read(tmp_path):
    never = [KnownPassage("never", "A123BC77", "ru", "", ())]
    exact, error = measured(fit.ConsensusCard(), [*passages(0, 3), *never])
    assert (exact.value, exact.samples, exact.peer_value) == (0.75, 4, 0.75)
    assert error.samples == 3
