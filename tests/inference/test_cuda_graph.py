"""The order of our own calls and what is said when recording fails, on stand-ins: this proves nothing of a driver.

That a GPU takes a recording is for `make device-check` to show: test_on_a_device.py.
"""

import pytest

from tests.nvidia import has_driver
from traffic.errors import ModelError
from traffic.inference.cuda_graph import CudaGraph, load_driver


class Answers:
    """Answers calls by name, in place of a driver: nothing here tells what a driver does."""

    def __init__(self, **failing):
        self.asked = []
        self._failing = failing

    def __getattr__(self, name):
        def call(*arguments):
            self.asked.append(name)
            if name == "cuStreamEndCapture" and name not in self._failing:
                arguments[1]._obj.value = 7
            return self._failing.get(name, 0)

        return call


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` tests on it")
def test_without_a_driver_the_way_out_is_told():
    with pytest.raises(ModelError, match=r"expected NVIDIA's driver.*\n.*inference.backend"):
        load_driver()


def test_an_error_while_recording_comes_through_whatever_the_driver_says_of_the_rest():
    answers = Answers(cuStreamEndCapture=901)

    def record():
        raise ModelError("TensorRT refused to run the engine", remedy="build it again")

    with pytest.raises(ModelError, match="TensorRT refused to run the engine"):
        CudaGraph(answers, 1, record)
    assert answers.asked == ["cuStreamBeginCapture_v2", "cuStreamEndCapture"]


def test_what_was_recorded_before_an_error_is_freed():
    answers = Answers()
    with pytest.raises(ZeroDivisionError):
        CudaGraph(answers, 1, lambda: 1 / 0)
    assert answers.asked[-1] == "cuGraphDestroy"


@pytest.mark.parametrize(
    ("failing", "last"),
    [
        ({"cuStreamBeginCapture_v2": 900}, "cuStreamBeginCapture_v2"),
        ({"cuStreamEndCapture": 901}, "cuStreamEndCapture"),
        ({"cuGraphInstantiateWithFlags": 2}, "cuGraphDestroy"),
        ({"cuGraphInstantiateWithFlags": 2, "cuGraphDestroy": 400}, "cuGraphDestroy"),
    ],
    ids=["begin", "end", "instantiate", "instantiate, and freeing too"],
)
def test_the_first_refusal_is_the_one_that_is_told(failing, last):
    answers = Answers(**failing)
    (name, status), *_ = failing.items()
    with pytest.raises(ModelError, match=f"{name} failed with error {status}\n.*inference.graph: false"):
        CudaGraph(answers, 1, lambda: None)
    assert answers.asked[-1] == last
