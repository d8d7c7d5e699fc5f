from tests.detection.host_device import HostMemory


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
