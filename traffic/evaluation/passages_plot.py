"""The reliability diagram of a consensus, as an SVG that stands by itself."""

from __future__ import annotations

from traffic.evaluation.metrics.calibration import Calibration, ReliabilityBin

SIDE, LEFT, TOP, COUNTS = 300, 52, 30, 70
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LINE, FAINT, BAR = "#0b6e99", "#9aa5ad", "#c9d8e0"


def reliability_plot(measured: Calibration) -> str:
    """Accuracy over told probability, a point for each bin as large as its share, and below how many there are."""
    width, height = LEFT + SIDE + 20, TOP + SIDE + COUNTS + 50
    error = (
        "no plate was told" if measured.expected_error is None else f"calibration error {measured.expected_error:.3f}"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="11" aria-label="reliability diagram">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="18" font-weight="bold">{measured.count} passages, {error}</text>',
        *_grid(),
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="{FAINT}" stroke-dasharray="4 4"/>',
        f'<polyline fill="none" stroke="{LINE}" stroke-width="2" points="{_points(measured)}"/>',
        *(_dot(each, measured.count) for each in measured.bins),
        *_bars(measured),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid() -> list[str]:
    lines = [
        f'<line x1="{_x(0)}" y1="{_y(v):.1f}" x2="{_x(1)}" y2="{_y(v):.1f}" stroke="#e3e7ea"/>'
        f'<line x1="{_x(v):.1f}" y1="{_y(0)}" x2="{_x(v):.1f}" y2="{_y(1)}" stroke="#e3e7ea"/>'
        f'<text x="{LEFT - 8}" y="{_y(v) + 4:.1f}" text-anchor="end">{v:g}</text>'
        f'<text x="{_x(v):.1f}" y="{TOP + SIDE + 14}" text-anchor="middle">{v:g}</text>'
        for v in TICKS
    ]
    middle, below = TOP + SIDE / 2, TOP + SIDE + 20 + COUNTS / 2
    return [
        *lines,
        f'<text x="{LEFT + SIDE / 2}" y="{TOP + SIDE + COUNTS + 42}" text-anchor="middle">told probability</text>',
        f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">share that is right</text>',
        f'<text transform="translate(14 {below}) rotate(-90)" text-anchor="middle">passages</text>',
    ]


def _points(measured: Calibration) -> str:
    return " ".join(f"{_x(each.probability):.1f},{_y(each.accuracy):.1f}" for each in measured.bins)


def _dot(each: ReliabilityBin, count: int) -> str:
    radius = 2.5 + 7 * (each.count / count) ** 0.5
    told = f"{each.count} passages, told {each.probability:.3f}, right {each.accuracy:.3f}"
    return (
        f'<circle cx="{_x(each.probability):.1f}" cy="{_y(each.accuracy):.1f}" r="{radius:.1f}" fill="{LINE}" '
        f'fill-opacity="0.75"><title>{told}</title></circle>'
    )


def _bars(measured: Calibration) -> list[str]:
    most = max((each.count for each in measured.bins), default=1)
    bottom = TOP + SIDE + 20 + COUNTS
    bars = []
    for each in measured.bins:
        tall = (COUNTS - 14) * each.count / most
        left, right = _x(each.low) + 1, _x(each.high) - 1
        bars.append(
            f'<rect x="{left:.1f}" y="{bottom - tall:.1f}" width="{right - left:.1f}" height="{tall:.1f}" '
            f'fill="{BAR}"/><text x="{(left + right) / 2:.1f}" y="{bottom - tall - 2:.1f}" text-anchor="middle" '
            f'font-size="8">{each.count}</text>'
        )
    return bars


def _x(value: float) -> float:
    return LEFT + SIDE * value


def _y(value: float) -> float:
    return TOP + SIDE * (1 - value)
