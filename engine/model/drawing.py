"""A graph as a file for papers: SVG with the layout of the window, or DOT for other programs."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

from engine.model.folding import Box, Folding
from engine.model.graph import Graph
from engine.model.layout import Layout, Line, Rect, lay_out
from engine.model.words import subtitle, title
from engine.problems import Problem, ProblemError

EDGE = 16.0
"""Pixels round the picture."""
_LETTER, _HEIGHT, _LEAST = 7.2, 42.0, 90.0
_FILLS = {
    "input": "#e8f5ee", "output": "#e8f5ee", "layer": "#ebf3fd", "parameter": "#fdf5e2",
    "function": "#ffffff", "group": "#f3f4f6",
}  # fmt: skip


def save(graph: Graph, file: Path) -> None:
    """Write the graph as it is folded at first, by the file's ending. Raises ProblemError."""
    formats: dict[str, Callable[[Graph], str]] = {".svg": as_svg, ".dot": as_dot}
    write = formats.get(file.suffix.lower())
    if write is None:
        raise ProblemError(Problem(str(file), "A graph is written as .svg or .dot", "choose one"))
    from engine.runs.atomic import write_atomically

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, write(graph).encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemError(Problem(str(file), f"Cannot be written: {reason}")) from None


def as_svg(graph: Graph) -> str:
    """A drawing, black on white, its letters real text."""
    folding = Folding(graph)
    layout = lay_out(folding, lambda box: _size(graph, box))
    parts = [_frame(graph, key, rect) for key, rect in layout.frames.items()]
    parts += [_path(line) for line in layout.lines]
    parts += [_box(graph, box, rect) for box, rect in layout.boxes.items()]
    return _HEAD.format(*_room(layout)) + "\n".join(parts) + "\n</svg>\n"


def as_dot(graph: Graph) -> str:
    """The same boxes in Graphviz' language, to be laid out there."""
    folding = Folding(graph)
    names = {box: f"n{number}" for number, box in enumerate(folding.boxes())}
    lines = ["digraph {", "  node [shape=box, style=rounded, fontname=sans];"]
    for box, name in names.items():
        words = [title(graph, box), subtitle(graph, box)]
        said = "\\n".join(_quoted(line) for line in words if line)
        lines.append(f'  {name} [label="{said}"];')
    lines += [f"  {names[one]} -> {names[other]};" for one, other in folding.edges()]
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


_HEAD = """<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" \
viewBox="-16 -16 {0:.0f} {1:.0f}" font-family="sans-serif" text-anchor="middle">
<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" \
orient="auto"><path d="M0 0.5L7.5 4L0 7.5z" fill="#57606a"/></marker></defs>
<rect x="-16" y="-16" width="100%" height="100%" fill="#ffffff"/>
"""


def _room(layout: Layout) -> tuple[float, float]:
    return layout.width + 2 * EDGE, layout.height + 2 * EDGE


def _size(graph: Graph, box: Box) -> tuple[float, float]:
    letters = max(len(title(graph, box)), 0.9 * len(subtitle(graph, box)))
    return max(_LEAST, 20 + _LETTER * letters), _HEIGHT


def _box(graph: Graph, box: Box, rect: Rect) -> str:
    kind = "group" if box.group is not None else graph.nodes[box.node or 0].kind
    middle = rect.x + rect.width / 2
    below = subtitle(graph, box)
    drawn = _rect(rect, _FILLS[kind], 14 if kind == "parameter" else 6)
    at = rect.y + (18 if below else 25)
    drawn += (
        f'<text x="{middle:.1f}" y="{at:.1f}" font-size="13">{escape(title(graph, box))}</text>'
    )
    if below:
        drawn += f'<text x="{middle:.1f}" y="{rect.y + 34:.1f}" font-size="11" fill="#57606a">'
        drawn += f"{escape(below)}</text>"
    return drawn


def _frame(graph: Graph, key: int, rect: Rect) -> str:
    group = graph.groups[key]
    words = escape(f"{group.label}  {group.path}")
    return (
        _rect(rect, "none", 8)
        + f'<text x="{rect.x + 10:.1f}" y="{rect.y + 17:.1f}" font-size="11" fill="#57606a"'
        + f' text-anchor="start">{words}</text>'
    )


def _rect(rect: Rect, fill: str, radius: int) -> str:
    return (
        f'<rect x="{rect.x:.1f}" y="{rect.y:.1f}" width="{rect.width:.1f}"'
        f' height="{rect.height:.1f}" rx="{radius}" fill="{fill}" stroke="#98a0aa"/>'
    )


def _path(line: Line) -> str:
    """Straight down, and in a soft curve from one layer to the next."""
    (x, y), *rest = line.points
    drawn = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        half = (y + to_y) / 2
        drawn.append(
            f"L{to_x:.1f} {to_y:.1f}" if to_x == x
            else f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
        )  # fmt: skip
        x, y = to_x, to_y
    end = ' marker-end="url(#end)"' if line.ends else ""
    return f'<path d="{"".join(drawn)}" fill="none" stroke="#57606a"{end}/>'
