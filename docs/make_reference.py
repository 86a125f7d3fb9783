"""Writes docs/reference from the component declarations. `--check` only says what is out of date.

Run it with `make reference` after a change to a component.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.describe import Described, described, kinds, option_default, option_type
from engine.schema import COMPONENTS, Option, options_of

FOLDER = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by docs/make_reference.py from the declarations; change those instead. -->\n"
WHERE = {
    "schedule": "`optimizer.schedule`",
    "augmentation": "`regularization.augmentation`, a list of any number of them",
    "exporter": "`export RUN --format NAME`",
}


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {"README.md": _index(), **{f"{kind}.md": _page(kind) for kind in kinds()}}


def _index() -> str:
    lines = [NOTE, "# Reference\n", "Every component with its options, bounds and defaults.\n"]
    for kind in kinds():
        names = ", ".join(f"`{name}`" for name in COMPONENTS.names(kind))
        lines.append(f"- [{kind}]({kind}.md)" + (f": {names}" if names else ""))
    return "\n".join(lines) + "\n"


def _page(kind: str) -> str:
    entries = described(kind)
    lines = [NOTE, f"# {kind.capitalize()}\n", f"Stands in {WHERE.get(kind, f'`{kind}`')}.\n"]
    if len(entries) > 1:
        lines += [f"- [`{entry.name}`](#{entry.name}): {entry.help}" for entry in entries] + [""]
    for entry in entries:
        lines.append(_component(entry))
    return "\n".join(lines)


def _component(entry: Described) -> str:
    head = [] if entry.kind == entry.name else [f"## {entry.name}\n", f"**{entry.title}.**"]
    parts = ["\n".join([*head, entry.help]) + "\n"]
    if entry.options:
        parts.append(_table(entry.options))
    for option in entry.options:
        if option.group is not None:
            parts += [f"### {option.name}\n", _table(tuple(options_of(option.group)))]
    return "\n".join(parts)


def _table(options: tuple[Option, ...]) -> str:
    rows = ["| option | type | default | |", "|---|---|---|---|"]
    for option in options:
        unit = f" ({option.unit})" if option.unit else ""
        cells = (f"`{option.name}`", option_type(option), f"`{option_default(option)}`",
                 f"{option.help}{unit}")  # fmt: skip
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or (`--check`) list those that would change and exit with 1."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    changed = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    if "--check" in arguments:
        for name in changed:
            print(f"docs/reference/{name} is out of date: run `make reference`")
        return 1 if changed else 0
    FOLDER.mkdir(exist_ok=True)
    for name in changed:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
