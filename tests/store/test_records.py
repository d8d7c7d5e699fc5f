from dataclasses import replace

import numpy as np
import pytest
from builders import passage, trajectory

from tests.store.samples import known_plate, list_hit, picture, plate, record, violation_record
from traffic.datatypes import Fact, PlateAlternative
from traffic.store.columns import PathPoint
from traffic.store.records import PATH_POINTS, PassageRecord, hit_id, passage_row, thinned_path


@pytest.mark.parametrize(("observations", "kept"), [(1, 1), (2, 2), (63, 63), (64, 64), (65, 64), (1000, 64)])
def test_path_is_thinned_evenly_between_its_ends(observations: int, kept: int) -> None:
    path = thinned_path(trajectory([(0.0, i, 10.0, i + 20.0) for i in range(observations)]))
    assert len(path) == kept <= PATH_POINTS
    assert (path[0].y, path[-1].y) == (20.0, observations + 19.0)
    steps = np.diff([point.y for point in path])
    assert len(steps) == 0 or 0 < steps.min() <= steps.max() <= steps.min() + 1


def test_path_holds_ground_points_to_a_tenth_of_a_pixel() -> None:
    assert thinned_path(trajectory([(10.0, 5.0, 20.26, 40.04)])) == (PathPoint(0, 15.1, 40.0),)


def test_row_holds_the_passage() -> None:
    row = passage_row(record(3, plate_text="A123BC77", rules=("red_light", "speed")))
    assert (row.plate_text, row.plate_probability, row.plate_readings) == ("A123BC77", 0.93, 7)
    assert (row.speed_mps, row.speed_standard_error_mps, row.heading_deg) == (13.5, 0.25, -3.5)
    assert [(c.position, c.line, c.pts_ns) for c in row.crossings] == [(0, "line 0", 0), (1, "line 1", 1_000_000)]
    assert [(v.rule, v.evidence_path, v.evidence_size_bytes) for v in row.violations] == [
        ("red_light", "north/3.jpg", 1003),
        ("speed", "north/3.jpg", 1003),
    ]
    assert row.violations[0].facts == (Fact("speed", 19.4, "m/s"), Fact("red for", 1.5, "s"))


def test_row_of_a_passage_of_which_little_is_known() -> None:
    row = passage_row(PassageRecord(passage()))
    assert [row.colour, row.plate_text, row.plate_readings, row.speed_mps, row.heading_deg] == [None] * 5


def test_row_holds_what_is_known_of_the_plate() -> None:
    row = passage_row(PassageRecord(passage(plate=known_plate("A123BC77"))))
    assert (row.plate_country, row.plate_format, row.plate_certain) == ("ru", "1", True)
    assert row.plate_alternatives == (PlateAlternative("A128BC77", 0.02),)
    assert (row.plate_skeleton, row.plate_hash) == ("412386" + "11", None)


def test_row_of_a_plate_that_is_kept_as_a_hash() -> None:
    row = passage_row(PassageRecord(passage(plate_hash="ab" * 32)))
    assert row.plate_hash == "ab" * 32
    assert [row.plate_text, row.plate_skeleton, row.plate_certain, row.plate_alternatives] == [None] * 4


@pytest.mark.parametrize("certain", [True, False, None])
def test_row_tells_how_sure_a_plate_was_of_which_only_the_hash_is_kept(certain: bool | None) -> None:
    assert passage_row(PassageRecord(passage(plate_hash="ab" * 32, plate_certain=certain))).plate_certain is certain


def test_row_holds_the_passages_picture() -> None:
    row = passage_row(PassageRecord(passage(), picture=picture(4)))
    assert (row.picture_path, row.picture_sha256, row.picture_size_bytes) == (
        "north/passage_4.jpg",
        f"{4:064x}",
        2004,
    )
    assert passage_row(PassageRecord(passage())).picture_path is None


def test_rows_of_list_hits_have_ids_of_passage_list_and_line() -> None:
    twice = list_hit("region", "A*", "alike")
    kept = record(1, hits=(list_hit(), list_hit("region", "A*", "pattern"), twice))
    hits = passage_row(kept).hits
    assert [(hit.list_name, hit.entry, hit.match, hit.kind) for hit in hits] == [
        ("stolen", "A123BC77", "exact", "watch"),
        ("region", "A*", "pattern", "watch"),
    ]
    assert {hit.occurred_at for hit in hits} == {kept.passage.ended_at}
    assert [hit.hit_id for hit in hits] == [hit_id(kept.passage.passage_id, hit) for hit in kept.hits[:2]]
    assert len({hit_id(record(number).passage.passage_id, hit) for number in (1, 2) for hit in kept.hits}) == 4


def test_plate_is_held_in_latin_look_alikes() -> None:
    assert passage_row(PassageRecord(passage(plate=plate("а123вс77")))).plate_text == "A123BC77"


def test_figures_from_arrays_become_plain_numbers() -> None:
    row = passage_row(PassageRecord(replace(passage(), vehicle_type_share=np.float32(0.5), track_id=np.int64(4))))
    assert (type(row.vehicle_type_share), type(row.track_id)) == (float, int)


def test_violation_of_another_passage_is_refused() -> None:
    with pytest.raises(ValueError, match="got one of"):
        PassageRecord(record(1).passage, (violation_record(2),))
