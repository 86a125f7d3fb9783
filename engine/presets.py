"""Presets: recipes saved as YAML, those that ship with the program and the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import paths, yamlfile
from engine.problems import Problem, ProblemError, suggest
from engine.recipe import Recipe
from engine.runs.atomic import TEMPORARY_PREFIX, write_atomically

SUFFIXES = (".yaml", ".yml")
STARTER = "digits_cnn"
"""The preset that the program opens with."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Preset:
    """A recipe file: `name` is what a user types, `title` the recipe's own name.

    `description` is the file's opening comment. `problem` says why it cannot be used, if so.
    """

    name: str
    title: str
    description: str
    path: Path
    shipped: bool
    problem: str = ""

    def data(self) -> Any:
        """The file as plain data, not validated; ProblemError when it cannot be read."""
        return yamlfile.load(self.path)

    def recipe(self) -> Recipe:
        """The validated recipe; ProblemError lists everything that is wrong with it."""
        return Recipe.parse(self.data())

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**self.__dict__, "path": str(self.path)}


def list_presets() -> list[Preset]:
    """The shipped presets, then the user's own, each by name. One of the user's own takes the
    place of a shipped one of the same name; one that cannot be read is listed as such."""
    own = _in_folder(paths.user_presets_dir(), shipped=False)
    taken = {preset.name for preset in own}
    shipped = _in_folder(paths.bundled("presets"), shipped=True)
    return [preset for preset in shipped if preset.name not in taken] + own


def find(name_or_path: str) -> Preset:
    """A preset by name, or any recipe file by path. Raises ProblemError when there is none."""
    path = Path(name_or_path).expanduser()
    if path.suffix.lower() in SUFFIXES and path.is_file():
        return describe(path.absolute())
    named = _named(name_or_path)
    if named is not None:
        return named
    known = [preset.name for preset in list_presets()]
    if path.suffix.lower() in SUFFIXES:
        beside = [str(path.with_name(near.name)) for near in _files(path.parent, recurse=False)]
        hint = suggest(name_or_path, [*known, *beside]) or "check the path"
        raise ProblemError(Problem(name_or_path, "There is no such file", hint))
    hint = suggest(name_or_path, known) or "`presets` lists them; a file ends in .yaml"
    raise ProblemError(Problem("preset", f"There is no preset {name_or_path!r}", hint))


def describe(path: Path, name: str | None = None, shipped: bool | None = None) -> Preset:
    """One file as a preset; it may be broken, and is then described by its `problem`."""
    is_shipped = paths.bundled("presets") in path.parents if shipped is None else shipped
    problem, title = "", path.stem
    try:
        data = yamlfile.load(path)
        if isinstance(data, dict) and isinstance(data.get("name"), str):
            title = data["name"]
    except ProblemError as error:
        problem = str(error.problems[0])
    return Preset(name or path.stem, title, opening_comment(path), path, is_shipped, problem)


def opening_comment(path: Path) -> str:
    """The comment lines that a file begins with, without their `#`; empty when there are none."""
    try:
        text = path.read_bytes()[: yamlfile.MAX_BYTES].decode("utf-8-sig", errors="replace")
    except OSError:
        return ""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line[1:].removeprefix(" ").rstrip())
    return "\n".join(lines)


def save(recipe: Recipe, path: Path, comment: str | None = None) -> None:
    """Write a recipe so that the file is the old one or the new one, never half of it.

    `comment` opens the file; without one, the opening comment that the file has stays.
    Raises ProblemError when the file cannot be written.
    """
    opening = opening_comment(path) if comment is None else comment
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, recipe.to_yaml(opening).encode())
    except (OSError, UnicodeEncodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "choose another folder, or free space; the recipe is still open"
        raise ProblemError(Problem(str(path), f"Cannot be saved: {reason}", hint)) from None


def user_path(name: str) -> Path:
    """Where the user's own preset of that name belongs; the file name is safe on every system."""
    return paths.user_presets_dir() / f"{file_name(name)}.yaml"


def file_name(name: str) -> str:
    """A name as a file name: no separators, no reserved word, not hidden, not too long."""
    safe = _FORBIDDEN.sub("_", name).strip(". ")[:80].strip(". ")
    return f"{safe}_" if _RESERVED.fullmatch(safe) else safe or "untitled"


def _named(name: str) -> Preset | None:
    """The preset of a name, of which no other file is read."""
    for folder, shipped in ((paths.user_presets_dir(), False), (paths.bundled("presets"), True)):
        for path in reversed(_files(folder, recurse=True)):
            if _name_in(folder, path) == name:
                return describe(path, name, shipped)
    return None


def _in_folder(folder: Path, *, shipped: bool) -> list[Preset]:
    files = _files(folder, recurse=True)
    return [describe(path, _name_in(folder, path), shipped) for path in files]


def _name_in(folder: Path, path: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _files(folder: Path, *, recurse: bool) -> list[Path]:
    """The recipe files of a folder, by name; half-written ones left out."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.glob("**/*" if recurse else "*")
        if path.suffix.lower() in SUFFIXES
        and not path.name.startswith((TEMPORARY_PREFIX, "."))
        and path.is_file()
    )
