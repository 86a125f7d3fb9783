"""What was measured, as tables for people, as JSON, and in the page of the documentation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.harness import Found, Spread, ratios
from benchmarks.jobs import CONTENDERS, TURNS
from benchmarks.rows import COLUMNS
from benchmarks.targets import GROUPS, measured
from benchmarks.workloads import WORKLOADS

BASE = "hand"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
"""What stands between these marks in the page is written by the benchmark."""


@dataclass(frozen=True)
class Grid:
    """One table: a title, the columns, and rows of ready text."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def as_rich(self) -> Table:
        """For the terminal."""
        table = Table(*self.columns, title=self.title, title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        for row in self.rows:
            table.add_row(*row)
        return table

    def as_markdown(self) -> str:
        """For a document."""
        marks = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"**{self.title}**", "", *(_line(r) for r in (self.columns, marks, *self.rows))]
        return "\n".join(lines) + "\n"


def grids(found: Found) -> list[Grid]:
    """The tables that the measurements fill: the aims by group, then speeds by workload."""
    rows = measured(found)
    tables = [
        Grid(f"{number}. {title}", COLUMNS[1:],
             [row.cells()[1:] for row in rows if row.row.number == number])
        for number, title in GROUPS.items()
    ]  # fmt: skip
    tables += [_steps(found), *(_speeds(name, found) for name in WORKLOADS)]
    return [table for table in tables if table.rows]


def values(found: Found) -> Grid:
    """Everything that was measured, by measurement and name."""
    rows = [
        (job, key, f"{spread.median:,.6g}", f"{min(spread.values):,.6g}",
         f"{max(spread.values):,.6g}")
        for job, answers in found.items() for key, spread in answers.items()
    ]  # fmt: skip
    return Grid("All values", ("measurement", "value", "median", "lowest", "highest"), rows)


def show(found: Found, machine: dict[str, Any], console: Console) -> None:
    """Print the tables, how many aims are met, and the machine that all this belongs to."""
    for table in grids(found):
        console.print(table.as_rich())
    console.print(_count(found))
    console.print(machine_line(machine), style="dim")


def write(found: Found, machine: dict[str, Any], settings: dict[str, Any], folder: Path) -> None:
    """Write `latest.json` and `latest.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {
        "machine": machine,
        "settings": settings,
        "rows": [row.as_json() for row in measured(found)],
        "measured": {
            name: {key: spread.as_json() for key, spread in answers.items()}
            for name, answers in found.items()
        },
    }
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    (folder / "latest.json").write_text(text, encoding="utf-8")
    (folder / "latest.md").write_text(markdown(found, machine), encoding="utf-8")


def read(path: Path) -> Found:
    """What `write` once wrote; nothing if there is no such file."""
    if not path.is_file():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: {key: Spread(tuple(spread["values"])) for key, spread in answers.items()}
        for name, answers in data["measured"].items()
    }


def markdown(found: Found, machine: dict[str, Any]) -> str:
    """All tables, and the machine."""
    parts = [table.as_markdown() for table in grids(found)]
    return "\n".join([*parts, _count(found), "", machine_line(machine)]) + "\n"


def into_page(page: str, content: str) -> str:
    """The page with `content` between the marks. Raises ValueError if it lacks them."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{content.strip()}\n{END}{after}"


def machine_line(machine: dict[str, Any]) -> str:
    """The machine and the versions in one sentence."""
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB,"
        f" {machine['system']}, Python {machine['python']}, {packages}"
    )


# --- Tables --------------------------------------------------------------------------------------


def _count(found: Found) -> str:
    aims = [row for row in measured(found) if row.met is not None]
    return f"{sum(bool(row.met) for row in aims)} of {len(aims)} targets met."


def _steps(found: Found) -> Grid:
    """Where the time of a step goes, from the floor up."""
    rows = []
    for name, workload in WORKLOADS.items():
        answers = found.get(f"{name}/{TURNS}", {})
        if "ours_us" in answers:
            floor, hand, ours = (answers[f"{key}_us"].median for key in ("floor", "hand", "ours"))
            parts = (floor, hand - floor, ours - hand, ours)
            rows.append((workload.title, *(f"{part:,.0f}" for part in parts)))
    columns = (
        "Microseconds a step", "forward, backward, optimizer", "+ batches, loss kept, by hand",
        "+ all else that this program does", "together",
    )  # fmt: skip
    return Grid("Where the time goes", columns, rows)


def _speeds(workload: str, found: Found) -> Grid:
    base = found.get(f"{workload}/{BASE}", {}).get("samples_per_second")
    rows = []
    for contender, title in CONTENDERS.items():
        speed = found.get(f"{workload}/{contender}", {}).get("samples_per_second")
        if speed is not None:
            share = f"{100 * ratios(speed, base).median:.0f} %" if base is not None else "-"
            rows.append((title, f"{speed.median:,.0f}", _range(speed), share))
    columns = (
        "Each in a process of its own", "samples/s", "lowest to highest", "of the hand-written loop"
    )  # fmt: skip
    return Grid(WORKLOADS[workload].title, columns, rows)


def _range(spread: Spread) -> str:
    return f"{min(spread.values):,.0f} to {max(spread.values):,.0f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
