"""The summary command: the network of a recipe layer by layer, before it is trained."""

from __future__ import annotations

from contextlib import redirect_stdout
from pathlib import Path
from sys import stderr
from typing import TYPE_CHECKING, Annotated

import typer

from engine import overrides as override_grammar
from engine import presets as presets_folder
from engine.cli.consent import AllowCode
from engine.cli.output import json_line, memory, say
from engine.cli.recipes import Json, Overrides, PresetName
from engine.paths import data_dir
from engine.plaintext import printable

if TYPE_CHECKING:
    from rich.table import Table

    from engine.model.beginning import Beginning
    from engine.model.graph import Graph
    from engine.recipe import Recipe
    from engine.views import Layer, ModelView

GraphFile = Annotated[
    Path | None,
    typer.Option("--graph", metavar="FILE.svg|.dot", help="Draw the forward pass into a file."),
]
LossFile = Annotated[
    Path | None,
    typer.Option("--loss-graph", metavar="FILE.svg|.dot", help="Draw the graph of the loss."),
]


def summary(
    preset: PresetName,
    overrides: Overrides = None,
    graph: GraphFile = None,
    loss_graph: LossFile = None,
    allow_code: AllowCode = None,
    json: Json = False,
) -> None:
    """Show the network layer by layer: shapes, parameters, work, memory, receptive field.

    Nothing is trained or fetched, and no data is loaded beyond what tells its shape; a file of
    weights is read, and compared with the network. Exit status: 2 when that file is refused.
    """
    recipe = override_grammar.resolve(presets_folder.find(preset).data(), overrides or [])
    from engine.model.beginning import beginning_of
    from engine.model.summary import model_view

    with redirect_stdout(stderr):  # libraries talk while they load
        view = model_view(recipe)
        begins = beginning_of(recipe, data_dir())
    if not json:
        _show(view, begins)
    drawn = _draw(recipe, graph, loss_graph)
    if json:
        graphs = {name: found.as_json() for name, found in drawn.items()}
        json_line({**view.as_json(), "beginning": begins.as_json(), **graphs})


def _draw(recipe: Recipe, graph: Path | None, loss_graph: Path | None) -> dict[str, Graph]:
    """Write the pictures that were asked for."""
    from engine.model.drawing import save
    from engine.model.forward import forward_graph
    from engine.model.lossgraph import loss_graph as of_loss

    found = {}
    for name, make, file in (("graph", forward_graph, graph), ("loss_graph", of_loss, loss_graph)):
        if file is not None:
            found[name] = make(recipe)
            save(found[name], file)
            say(f"Drawn in {file}")
    return found


def _show(view: ModelView, begins: Beginning) -> None:
    """The table, then what it comes to, and what it begins with."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=200, no_color=True)
    console.print(_table(view))
    for sentence in (*sentences(view), *begins.sentences()):
        console.print(printable(sentence), highlight=False, markup=False)


def _table(view: ModelView) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    columns = _columns(view)
    for number, (name, total) in enumerate(columns):
        side = "left" if number < 2 else "right"
        table.add_column(name, total, justify=side, overflow="fold")  # type: ignore[arg-type]
    for layer in view.layers:
        table.add_row(*(printable(cell) for cell in _cells(layer, view)))
    return table


def _columns(view: ModelView) -> list[tuple[str, str]]:
    work = sum(layer.flops for layer in view.layers)
    kept = sum(layer.activation_bytes for layer in view.layers)
    found = [
        ("layer", "total"), ("type", ""), ("output", ""), ("parameters", f"{view.parameters:,}"),
        ("trainable", f"{view.trainable:,}"), ("FLOP", f"{max(work, view.flops):,}"),
        ("activations", f"{kept:,} B"),
    ]  # fmt: skip
    return [*found, ("sees", _times(view.seen(view.receptive)))] if view.axes else found


def _cells(layer: Layer, view: ModelView) -> list[str]:
    cells = [
        layer.name, layer.type, _times(layer.output_shape), f"{layer.parameters:,}",
        f"{layer.trainable:,}", f"{layer.flops:,}", f"{layer.activation_bytes:,} B",
    ]  # fmt: skip
    return [*cells, _times(view.seen(layer.receptive))] if view.axes else cells


def _times(sizes: tuple[int, ...]) -> str:
    return " x ".join(f"{size:,}" for size in sizes) or "-"


def sentences(view: ModelView) -> list[str]:
    """What is said below the table."""
    found = [
        f"Weights {memory(view.weight_bytes)}. Training takes about {memory(view.training_bytes)}:"
        " weights, gradients, optimizer state and the activations of one batch."
    ]
    if view.free_bytes is not None:
        found.append(f"{view.memory} has {memory(view.free_bytes)} free.")
    if not view.fits:
        found.append("WARNING: the training will not fit: make the network or the batch smaller.")
    if view.context is not None:
        (axis,) = view.axes
        found.append(
            f"Context: an output can depend on {view.context:,} of {view.places[0]:,} {axis}."
        )
    elif view.receptive:
        seen, size = view.seen(view.receptive), _times(view.places)
        part = f"all {size} pixels" if seen == view.places else f"{_times(seen)} of {size} pixels"
        found.append(f"Receptive field: an output can depend on {part}.")
    return [*found, view.note] if view.note else found
