import inspect

import pytest

from traffic import errors


def test_a_message_tells_the_problem_and_then_how_to_mend_it():
    error = errors.SourceError("expected a video, got a text file", remedy="name a video file")
    assert str(error) == "expected a video, got a text file\n  to mend it: name a video file"
    assert (error.problem, error.remedy) == ("expected a video, got a text file", "name a video file")


def test_a_message_without_a_remedy_is_the_problem_alone():
    assert str(errors.StoreError("gone")) == "gone"


@pytest.mark.parametrize("kind", [k for _, k in inspect.getmembers(errors, inspect.isclass)])
def test_every_error_is_a_traffic_error_and_stands_in_the_tree(kind):
    assert issubclass(kind, errors.TrafficError)
    assert kind is errors.TrafficError or kind.__name__ in (errors.__doc__ or "")
