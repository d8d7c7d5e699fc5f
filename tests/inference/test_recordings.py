"""Work that comes again is put in once; `host_device` has a stream that records as a device's does."""

import pytest

from tests.detection.host_device import HostMemory, HostStream
from traffic.inference.recordings import Recordings


def recordings(done, limit):
    """Recordings of a stream, and what puts `value` into it: `done` grows when that is computed."""
    stream, asked = HostStream(), []

    def work(value):
        asked.append(value)
        stream.put(lambda: done.append(value))

    return Recordings(stream.recorded, limit), work, asked


def test_each_form_is_put_in_once_and_launched_ever_after():
    done = []
    kept, work, asked = recordings(done, 4)
    for form in "abaab":
        kept.put(form, lambda form=form: work(form))
    assert "".join(done) == "abaab"
    assert "".join(asked) == "ab"
    assert len(kept) == 2


@pytest.mark.parametrize(("limit", "asked_for"), [(0, "abcabc"), (1, "abcbc"), (2, "abcc"), (3, "abc")])
def test_forms_beyond_the_limit_are_put_in_piece_by_piece(limit, asked_for):
    done = []
    kept, work, asked = recordings(done, limit)
    for form in "abcabc":
        kept.put(form, lambda form=form: work(form))
    assert "".join(done) == "abcabc"
    assert "".join(asked) == asked_for


def test_a_recording_does_what_was_put_in_when_it_was_made():
    done = []
    kept, work, _ = recordings(done, 1)
    kept.put("alike", lambda: work(1))
    kept.put("alike", lambda: work(2))
    assert done == [1, 1]


def test_closed_they_are_gone():
    memory = HostMemory()
    made = []

    def record(work):
        made.append(memory.recorded(work))
        return made[-1]

    kept = Recordings(record, 4)
    for form in "ab":
        kept.put(form, lambda: None)
    kept.close()
    assert [each.closed for each in made] == [True, True]
    assert len(kept) == 0


def test_what_fails_while_it_is_recorded_is_not_kept():
    kept, _, _ = recordings([], 1)
    with pytest.raises(ZeroDivisionError):
        kept.put("a", lambda: 1 / 0)
    done = []
    kept.put("a", lambda: done.append(1))
    assert len(kept) == 1
