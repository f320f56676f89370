"""The chart of growth as SVG: a line per row, the cost of one item by the number of items.

It stands in a page as an image, so it brings its own background: it is light or dark as the reader's system is, and
its text can be read on whatever the page around it has.
"""

import math
from html import escape

WIDTH, HEIGHT = 900, 440
LEFT, RIGHT, TOP, BOTTOM = 56, 370, 56, 48
"""What the axes, the title and the names of the lines take."""
LINE_HEIGHT = 20
COLORS = 8
STYLE = """
svg { font: 13px system-ui, sans-serif; }
.back { fill: #ffffff; stroke: #d1d9e0; } text { fill: #1f2328; } .quiet { fill: #59636e; }
.grid { stroke: #d1d9e0; } .same { stroke: #59636e; stroke-dasharray: 5 4; } .line { fill: none; stroke-width: 2; }
.to { stroke-width: 1; stroke-dasharray: 1 3; fill: none; } .title { font-size: 15px; font-weight: 600; }
.c0 { stroke: #0969da; } .c1 { stroke: #bc4c00; } .c2 { stroke: #1a7f37; } .c3 { stroke: #8250df; }
.c4 { stroke: #cf222e; } .c5 { stroke: #1b7c83; } .c6 { stroke: #bf3989; } .c7 { stroke: #7d4e00; }
@media (prefers-color-scheme: dark) {
  .back { fill: #0d1117; stroke: #3d444d; } text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
  .grid { stroke: #2a313c; } .same { stroke: #9198a1; }
  .c0 { stroke: #4493f8; } .c1 { stroke: #db6d28; } .c2 { stroke: #3fb950; } .c3 { stroke: #ab7df8; }
  .c4 { stroke: #f85149; } .c5 { stroke: #39c5cf; } .c6 { stroke: #db61a2; } .c7 { stroke: #d29922; }
}
"""


class Axes:
    """Where a number of items and a cost stand in the picture: items on a scale of powers, costs on a plain one."""

    def __init__(self, curves):
        sizes = [size for curve in curves.values() for size in curve]
        costs = [cost for curve in curves.values() for cost in curve.values()]
        self.first, self.last = min(sizes), max(sizes)
        self.most = max(2, math.ceil(max(costs)))

    def x(self, size):
        share = math.log(size / self.first) / math.log(self.last / self.first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, cost):
        return HEIGHT - BOTTOM - cost / self.most * (HEIGHT - TOP - BOTTOM)

    def powers(self):
        """The powers of ten between the smallest and the largest size, and both ends."""
        tens = [10**power for power in range(9) if self.first < 10**power < self.last]
        return [self.first, *tens, self.last]


def svg(curves):
    """The picture of costs by size, for each name."""
    axes = Axes(curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title">',
        f"<style>{STYLE}</style>",
        f'<rect class="back" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="6"/>',
        f'<text id="title" class="title" x="{LEFT - 36}" y="30">The cost of one item, as times the cost among few</text>',
        *_grid(axes),
    ]
    for number, (place, (name, curve)) in enumerate(_placed(axes, curves)):
        parts += _line(axes, number % COLORS, place, name, curve)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _grid(axes):
    right = WIDTH - RIGHT
    step = max(1, axes.most // 5)
    for cost in range(0, axes.most + 1, step):
        kind = "same" if cost == 1 else "grid"
        yield f'<line class="{kind}" x1="{LEFT}" x2="{right}" y1="{axes.y(cost):.1f}" y2="{axes.y(cost):.1f}"/>'
        yield f'<text class="quiet" x="{LEFT - 8}" y="{axes.y(cost) + 4:.1f}" text-anchor="end">{cost}</text>'
    for size in axes.powers():
        yield f'<text class="quiet" x="{axes.x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,}</text>'
    yield f'<text class="quiet" x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">items</text>'


def _placed(axes, curves):
    """Curves with the heights of their names, from the top: as near to the ends of the lines as they can be read.

    Names that would touch are pushed down, and in another try up; the mean of both keeps the distance, and is centred.
    """
    curves = sorted(curves.items(), key=lambda named: -named[1][max(named[1])])
    wanted = [axes.y(curve[max(curve)]) for _, curve in curves]
    down = _pushed(wanted, HEIGHT - BOTTOM)
    up = [HEIGHT - place for place in reversed(_pushed([HEIGHT - place for place in reversed(wanted)], HEIGHT - TOP))]
    return [((low + high) / 2, named) for low, high, named in zip(up, down, curves, strict=True)]


def _pushed(wanted, last):
    """Heights, each at least a line's below the one before, and the last one not below `last`."""
    places, next_free = [], 0
    for number, place in enumerate(wanted, 1):
        lowest = last - LINE_HEIGHT * (len(wanted) - number)
        places.append(min(max(place, next_free), lowest))
        next_free = places[-1] + LINE_HEIGHT
    return places


def _line(axes, color, place, name, curve):
    """A line, its points, and its name at the right, to which dots lead."""
    points = [(axes.x(size), axes.y(cost)) for size, cost in sorted(curve.items())]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (end_x, end_y), right = points[-1], WIDTH - RIGHT
    yield f'<polyline class="line c{color}" points="{drawn}"/>'
    yield from (f'<circle class="line c{color}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in points)
    yield f'<polyline class="to c{color}" points="{end_x:.1f},{end_y:.1f} {right},{end_y:.1f} {right + 14},{place:.1f}"/>'
    yield f'<line class="line c{color}" x1="{right + 14}" x2="{right + 30}" y1="{place:.1f}" y2="{place:.1f}"/>'
    yield f'<text x="{right + 36}" y="{place + 4:.1f}">{curve[max(curve)]:.2f}  {escape(name)}, {max(curve):,}</text>'
