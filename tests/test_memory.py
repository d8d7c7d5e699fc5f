from traffic.memory import TrackMemory


def test_each_track_of_each_camera_has_a_memory_of_its_own_until_it_is_forgotten():
    memory: TrackMemory[list[str]] = TrackMemory(list)
    memory.recall("north", 1).append("seen")
    assert memory.recall("north", 1) == ["seen"]
    assert memory.recall("south", 1) == []
    assert memory.forget("north", 1) == ["seen"]
    assert memory.forget("north", 1) is None
    assert len(memory) == 1


def test_a_hundred_thousand_tracks_that_end_leave_nothing_behind():
    memory: TrackMemory[list[int]] = TrackMemory(list)
    for track_id in range(100_000):
        memory.recall("north", track_id)
        memory.forget("north", track_id)
    assert len(memory) == 0
