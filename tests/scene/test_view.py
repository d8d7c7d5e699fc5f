from scene.road_camera import steady, ticks

from traffic.scene.lines import line_crossings
from traffic.scene.settings import LineSettings, SceneSettings
from traffic.scene.speed import SpeedMeter
from traffic.scene.view import SceneView


def test_a_view_tells_what_its_scene_holds(camera):
    (left, right) = camera.project([(-4.0, 30.0), (4.0, 30.0)]).tolist()
    gate = LineSettings(name="gate", points=(tuple(left), tuple(right)))
    scene = SceneSettings(road=camera.road(), lines=(gate,))
    times = ticks(25, 1.5)
    seen = camera.drive(times, steady(times, 72, start_m=50))
    assert SceneView(scene).speed(seen, "car") == SpeedMeter(scene).measure(seen, "car")
    assert [each.direction for each in SceneView(scene).crossings(seen)] == ["forward"]
    assert SceneView(scene).crossings(seen) == line_crossings(seen, [gate])
    assert (SceneView(SceneSettings()).speed(seen, "car"), SceneView(SceneSettings()).crossings(seen)) == (None, ())
