"""The person's own code in a run: a copy of what ran, and a check that it is still the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import consent
from engine.consent import Code
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.atomic import write_atomically
from engine.runs.folder import RunFolder

FOLDER = "code"

OwnCode = dict[str, Code]
"""Files by the place in the recipe that names them."""


def of_recipe(recipe: Recipe) -> OwnCode:
    """The files that a recipe runs, as they are now. Raises ProblemError when one may not run."""
    named = consent.own_code(recipe).items()
    return {place: consent.required(path, place) for place, path in named}


def keep(folder: RunFolder, code: OwnCode) -> None:
    """Put a copy of each file into the run. Raises OSError."""
    for place, one in code.items():
        copy = folder.path / _copied(code, place)
        copy.parent.mkdir(exist_ok=True)
        write_atomically(copy, one.content)


def as_json(code: OwnCode) -> dict[str, dict[str, str]]:
    """What the run remembers of each: path, hash, and where its copy is."""
    return {
        place: {"path": str(one.path), "sha256": one.sha256, "copy": _copied(code, place)}
        for place, one in code.items()
    }


def check_same(environment: Mapping[str, Any], code: OwnCode) -> None:
    """Raise ProblemError when a file is not what the run was made with."""
    known = environment.get("code")
    for place, one in code.items():
        entry = known.get(place, {}) if isinstance(known, dict) else {}
        if isinstance(entry, dict) and entry.get("sha256", one.sha256) != one.sha256:
            sentence = f"{one.path.name} is not the file that the run was made with"
            hint = f"its copy is in the run folder, as {entry.get('copy')}: put that back, or "
            hint += "start a new run"
            raise ProblemError(Problem(place, sentence, hint))


def _copied(code: OwnCode, place: str) -> str:
    """The copy's name within the run; of two files of one name the later is numbered."""
    name = code[place].path.name
    before = [other for other in code if code[other].path.name == name]
    number = before.index(place)
    path = Path(name)
    return f"{FOLDER}/{name}" if number == 0 else f"{FOLDER}/{path.stem}-{number}{path.suffix}"
