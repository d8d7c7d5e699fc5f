from tests.detection.host_device import STREAM, HostMemory


def test_what_is_not_sent_does_not_arrive_and_what_is_not_fetched_does_not_come_back():
    """Of the memory that the device's tests stand on: forgetting to send or to fetch must show in them."""
    buffer = HostMemory().buffer((4,), "float32")
    buffer.host[:] = 7
    assert buffer.on_device.tolist() != [7] * 4
    buffer.send(2)
    assert (buffer.on_device == 7).tolist() == [True, True, False, False]
    buffer.on_device[:] = 5
    assert buffer.host.tolist() == [7] * 4
    buffer.fetch()
    assert buffer.host.tolist() == [5] * 4


def test_what_is_recorded_is_done_when_it_is_launched_and_not_before():
    """Likewise: a recording that computed at once, or computed anew, would hide what a graph does."""
    memory = HostMemory()
    buffer, value = memory.buffer((1,), "float32"), [1.0]

    def work():
        number = value[0]
        STREAM.put(lambda: buffer.on_device.__setitem__(0, buffer.on_device[0] + number))
        buffer.fetch()

    buffer.on_device[:] = 0
    recording = memory.recorded(work)
    assert (buffer.on_device[0], buffer.host[0]) == (0, 0)
    value[0] = 100.0
    recording.launch()
    recording.launch()
    assert (buffer.on_device[0], buffer.host[0]) == (2, 2)
