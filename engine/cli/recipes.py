"""Commands about recipes: presets, components, schema, show. None of them needs torch."""

from __future__ import annotations

import json as jsonlib
from typing import Annotated

import typer

from engine import overrides as override_grammar
from engine import presets as presets_folder
from engine.architectures.weights.glance import check_file
from engine.cli.consent import AllowCode
from engine.cli.output import columns, json_line
from engine.problems import Problem, ProblemError, suggest

Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of text.")]
PresetName = Annotated[
    str, typer.Argument(metavar="PRESET|FILE.yaml", help="A preset by name, or a recipe file.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Argument(metavar="KEY=VALUE", help="Changes, such as optimizer.lr=0.05."),
]


def presets(json: Json = False) -> None:
    """List the presets: name, title and path."""
    found = presets_folder.list_presets()
    if json:
        json_line([preset.as_json() for preset in found])
        return
    rows = [[preset.name, preset.title, str(preset.path), preset.problem] for preset in found]
    if rows:
        print(columns(rows))


def components(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[KIND]", help="dataset, architecture, loss, optimizer, ..."),
    ] = None,
    json: Json = False,
) -> None:
    """List components with options and bounds."""
    from engine import describe

    if kind is not None and kind not in describe.kinds():
        hint = suggest(kind, describe.kinds())
        raise ProblemError(Problem("kind", f"There is no kind of component {kind!r}", hint))
    found = describe.described(kind)
    if json:
        json_line([entry.as_json() for entry in found])
        return
    for entry in found:
        print(f"{entry.kind}={entry.name}  {entry.help}")
        rows = [
            ["   ", path, describe.option_type(option), describe.option_default(option),
             option.help + (f" ({option.unit})" if option.unit else "")]
            for path, option in describe.with_groups(entry.options)
        ]  # fmt: skip
        print(columns(rows) + "\n" if rows else "")


def schema() -> None:
    """Print the JSON Schema of a recipe, for editors."""
    from engine.recipe_schema import recipe_schema

    print(jsonlib.dumps(recipe_schema(), indent=2))


def show(preset: PresetName, overrides: Overrides = None, allow_code: AllowCode = None) -> None:
    """Print a resolved recipe, or its problems."""
    recipe = override_grammar.resolve(presets_folder.find(preset).data(), overrides or [])
    check_file(recipe)
    print(recipe.to_yaml(), end="")
