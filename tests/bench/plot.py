"""The plot: bars of each stack, and time against rows, as SVG written by hand."""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

from tests.bench.measures import Part

NAMES = {
    "floor": "floor",
    "campus": "Campus",
    "campus_warm": "Campus",
    "powertools": "Powertools",
    "chalice": "Chalice",
    "fastapi": "FastAPI",
}
WIDTH, PANEL, GAP = 920, 270, 45
BAR, PITCH, LABELS = 18, 26, 78
TOP, LOWER, CHART = 60, 270, 150
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 } .quiet { fill: #57606a; font-size: 12px }
  .bar { fill: #afb8c1 } .campus { fill: #0969da }
  .axis { stroke: #d0d7de } .list { stroke: #0969da; fill: #0969da }
  .create { stroke: #bc4c00; fill: #bc4c00 } polyline { stroke-width: 2; fill: none !important }
  text.list, text.create { stroke: none }
  .paper { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .paper { fill: #0d1117 }
    .bar { fill: #656c76 } .campus { fill: #4493f8 } .axis { stroke: #3d444d }
    .list { stroke: #4493f8; fill: #4493f8 } .create { stroke: #f0883e; fill: #f0883e }
  }"""


def plot(parts: Mapping[str, Part]) -> str:
    """The figure of the parts `cold`, `warm` and `growth`."""
    cold, warm = parts["cold"].detail, parts["warm"].detail
    drawn = [
        _bars(0, "Cold start to the first answer", cold["seconds"], 1e3, "ms"),
        _bars(1, "Warm list of 20, p50", warm["list"], 1e3, "ms"),
        _bars(2, "Warm create, p50", warm["create"], 1e3, "ms"),
        _memory(cold["megabytes"]),
        _growth(parts["growth"].detail),
    ]
    height = LOWER + CHART + 40
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            ' aria-label="Times and memory of each stack; time against rows">',
            f"<style>{_STYLE}\n</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _bars(
    column: int, title: str, values: Mapping[str, float], factor: float, unit: str, top: int = TOP
) -> str:
    """One panel: a bar for each stack, its value behind it."""
    left = 20 + column * (PANEL + GAP)
    widest = max(values.values())
    room = PANEL - LABELS - 62
    lines = [_text(left, top - 18, title, "title")]
    for row, (stack, value) in enumerate(values.items()):
        y, length = top + row * PITCH, room * value / widest
        ours = " campus" if stack.startswith("campus") else ""
        lines += [
            _text(left, y + 14, NAMES[stack]),
            f'<rect class="bar{ours}" x="{left + LABELS}" y="{y}" width="{length:.1f}" '
            f'height="{BAR}" rx="2"/>',
            _text(left + LABELS + length + 6, y + 14, f"{_short(value * factor)} {unit}", "quiet"),
        ]
    return "\n".join(lines)


def _memory(megabytes: Mapping[str, float]) -> str:
    return _bars(0, "Peak memory after the first answer", megabytes, 1, "MB", top=LOWER)


def _growth(detail: Mapping[str, Any]) -> str:
    """Time against rows, the rows in powers of ten."""
    rows: Sequence[int] = detail["rows"]
    left, right, bottom = 20 + PANEL + GAP + 56, WIDTH - 90, LOWER + CHART
    highest = max(*detail["list"], *detail["create"]) * 1000

    def x(size: int) -> float:
        span = log10(rows[-1] / rows[0]) or 1
        return left + (right - left) * log10(size / rows[0]) / span

    lines = [_text(left - 56, LOWER - 18, "Warm p50 against rows in the table", "title")]
    for share in (0, 0.5, 1):
        y = bottom - CHART * share
        lines.append(f'<line class="axis" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>')
        lines.append(_text(left - 56, y + 4, f"{_short(highest * share)} ms", "quiet"))
    lines += [_text(x(size) - 16, bottom + 20, f"{size:,}", "quiet") for size in rows]
    for kind in ("list", "create"):
        at = [
            (x(n), bottom - CHART * v * 1000 / highest)
            for n, v in zip(rows, detail[kind], strict=True)
        ]
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in at)
        lines.append(f'<polyline class="{kind}" points="{points}"/>')
        lines += [f'<circle class="{kind}" cx="{a:.1f}" cy="{b:.1f}" r="3.5"/>' for a, b in at]
        lines.append(_text(at[-1][0] + 12, at[-1][1] + 4, kind, kind))
    return "\n".join(lines)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 20 or not value else f"{value:.1f}"


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    chosen = f' class="{kind}"' if kind else ""
    return f'<text{chosen} x="{x:.1f}" y="{y:.1f}">{text}</text>'
