import pytest
from builders import frame, reading
from passages.sights import sight

from traffic.classification.vote import AppearanceVote
from traffic.datatypes import VEHICLE_CLASSES, VEHICLE_COLOURS, Plate
from traffic.passages.history import TrackHistory
from traffic.passages.pace import Pace, PaceLimits
from traffic.passages.plate_desk import PlateDesk
from traffic.plates.calibration import Calibration, ConsensusCard
from traffic.plates.consensus import consensus_of
from traffic.plates.reader import PlateSettings

LEAVING, COMING, WAITING = "leaving", "coming", "waiting"


class NotedReader:
    """Reads the same from every crop, and notes which vehicles it was given in which frame."""

    def __init__(self, text="A123BC77"):
        self.text = text
        self.given = []

    def read(self, crops):
        self.given.append([crop.xyxy for crop in crops])
        return [reading(self.text, 0.9, pts_ns=crop.frame.pts_ns) if self.text else None for crop in crops]


def desk(reader, card=None, cameras=1, **settings):
    wanted = PlateSettings(**settings)
    return PlateDesk(reader, wanted, consensus_of(wanted, card), cameras)


def history(at):
    return TrackHistory(
        AppearanceVote(VEHICLE_CLASSES, VEHICLE_COLOURS), Pace(PaceLimits(1, 1, 1)), at.new_pace(), at.new_votes()
    )


def drive(at, boxes_of, frames):
    """Vehicles by name, each with its box in every frame; their histories."""
    histories = {name: history(at) for name in boxes_of}
    for index in range(frames):
        one = frame(index)
        seen = [(histories[name], sight(one, boxes[index])) for name, boxes in boxes_of.items()]
        at.read([each for each in seen if each[0].observe(each[1])])
    return histories


def moving(x, y, dx, dy, frames=50, size=120):
    return [(x + dx * i, y + dy * i, x + dx * i + size, y + dy * i + size) for i in range(frames)]


def test_with_budget_for_all_every_vehicle_that_is_due_is_read_in_one_batch():
    reader = NotedReader()
    drive(desk(reader), {"a": moving(10, 10, 1, 0), "b": moving(300, 10, 1, 0)}, 12)
    assert {len(each) for each in reader.given} == {2}


def test_when_the_budget_is_short_the_vehicle_that_leaves_is_read_first():
    reader = NotedReader("")
    at = desk(reader, maximum_per_second=1.0, minimum_interval_s=0.0)
    boxes = {WAITING: moving(300, 100, 0, 0), LEAVING: moving(20, 240, -0.9, 0), COMING: moving(300, 10, 0, 1.0)}
    histories = {name: history(at) for name in boxes}
    for index in [*range(8), 30]:  # the first one is chosen by the view alone: nothing has moved yet
        one, place = frame(index), min(index, 9)
        seen = [(histories[name], sight(one, box[place])) for name, box in boxes.items()]
        for each, what in seen:
            each.observe(what)
        at.read(seen)
    assert reader.given[-1] == [pytest.approx(boxes[LEAVING][9])]


def test_what_the_budget_does_not_allow_is_counted():
    reader = NotedReader("")
    at = desk(reader, maximum_per_second=1.0, minimum_interval_s=0.0, readings_alike=99)
    drive(at, {name: moving(10 + 100 * n, 10, 0, 0) for n, name in enumerate("abc")}, 10)
    made = sum(map(len, reader.given))
    assert made == 1
    assert at.tally.over_budget == 3 * 10 - made


def test_a_vehicle_whose_plate_is_certain_is_read_no_more():
    sure = ConsensusCard(calibration=Calibration(bias=8.0, log_odds=0.0))
    reader = NotedReader()
    drive(
        desk(reader, sure, minimum_interval_s=0.0, certain_readings=3, readings_alike=99),
        {"a": moving(10, 10, 1, 0)},
        20,
    )
    assert len(reader.given) == 3


def test_one_that_stands_is_read_again_later():
    reader = NotedReader("")
    drive(desk(reader, minimum_interval_s=0.0, readings_alike=2), {"a": moving(200, 100, 0, 0, frames=180)}, 180)
    assert len(reader.given) == 2 + 3  # after 1, 2 and 4 seconds


@pytest.mark.parametrize(
    ("plate", "kept", "counted"),
    [
        (None, False, "not read"),
        (Plate("A123BC77", 0.1, 1, reading("A123BC77")), False, "improbable"),
        (Plate("A123BC77", 0.5, 1, reading("A123BC77")), True, "probable"),
        (Plate("A123BC77", 0.99, 2, reading("A123BC77"), certain=True), True, "certain"),
    ],
    ids=["none", "a guess", "likely", "sure"],
)
def test_what_becomes_of_a_passages_plate_is_counted(plate, kept, counted):
    at = desk(NotedReader())
    recorded = at.on_record(plate, "car")
    assert (recorded and recorded.text) == (plate.text if kept else None)
    assert at.tally.passages == {counted: 1}


def test_the_plate_on_record_has_the_format_of_such_vehicles():
    read = Plate("1234AB77", 0.9, 2, reading("1234AB77"), country="ru", format="4")
    assert [desk(NotedReader()).on_record(read, each).format for each in ("car", "motorcycle")] == ["5", "4"]


def test_a_vehicle_from_far_away_is_still_read_when_it_is_near():
    class NearOnly(NotedReader):
        def read(self, crops):
            super().read(crops)
            near = [crop.xyxy[2] - crop.xyxy[0] > 200 for crop in crops]
            return [
                reading("A123BC77", 0.9, pts_ns=crop.frame.pts_ns) if is_near else None
                for crop, is_near in zip(crops, near, strict=True)
            ]

    reader = NearOnly()
    coming = [(20, 20, 120 + 2.5 * i, 80 + 2 * i) for i in range(60)]
    (history,) = drive(
        desk(reader, minimum_interval_s=0.0, readings_alike=99, maximum_readings=24), {"a": coming}, 60
    ).values()
    assert history.plate.text == "A123BC77"
    assert history.plate.readings >= 2
