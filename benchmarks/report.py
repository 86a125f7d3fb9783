"""What was measured, as tables for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.harness import Spread, ratios
from benchmarks.jobs import CONTENDERS, FIRST_PAINT
from benchmarks.workloads import WORKLOADS

Found = dict[str, dict[str, Spread]]
BASE = "hand"


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
    """The tables that the measurements fill: speeds by workload, first paint, smoothness."""
    tables = [_speeds(name, found) for name in WORKLOADS]
    tables += [_first_paint(found), _smoothness(found)]
    return [table for table in tables if table.rows]


def show(found: Found, machine: dict[str, Any], console: Console) -> None:
    """Print the tables and the machine that they belong to."""
    for table in grids(found):
        console.print(table.as_rich())
    console.print(_machine_line(machine), style="dim")


def write(found: Found, machine: dict[str, Any], settings: dict[str, Any], folder: Path) -> None:
    """Write `latest.json` and `latest.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        name: {key: spread.as_json() for key, spread in answers.items()}
        for name, answers in found.items()
    }
    data = {"machine": machine, "settings": settings, "measured": values, "ratios": _ratios(found)}
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    (folder / "latest.json").write_text(text, encoding="utf-8")
    parts = [table.as_markdown() for table in grids(found)]
    (folder / "latest.md").write_text(
        "\n".join([*parts, _machine_line(machine)]) + "\n", encoding="utf-8"
    )


# --- Tables --------------------------------------------------------------------------------------


def _speeds(workload: str, found: Found) -> Grid:
    base = found.get(f"{workload}/{BASE}", {}).get("samples_per_second")
    rows = []
    for contender, title in CONTENDERS.items():
        speed = found.get(f"{workload}/{contender}", {}).get("samples_per_second")
        if speed is not None:
            share = _ratio(ratios(speed, base)) if base is not None else "-"
            rows.append((title, f"{speed.median:,.0f}", _range(speed, ",.0f"), share))
    columns = ("Training speed", "samples/s", "lowest to highest", "of the hand-written loop")
    return Grid(WORKLOADS[workload].title, columns, rows)


def _first_paint(found: Found) -> Grid:
    rows = [
        (title, f"{seconds.median:.2f}", _range(seconds, ".2f"))
        for moment, title in FIRST_PAINT.items()
        if (seconds := found.get(f"first_paint/{moment}", {}).get("seconds")) is not None
    ]
    return Grid("Start", ("Until", "seconds", "lowest to highest"), rows)


def _smoothness(found: Found) -> Grid:
    rows = []
    for name, workload in WORKLOADS.items():
        answers = found.get(f"{name}/window", {})
        if "late_p99_ms" in answers:
            late = (answers[f"late_{key}_ms"] for key in ("p50", "p99", "max"))
            rows.append((workload.title, *(f"{spread.median:.1f}" for spread in late)))
    columns = ("Training in the window", "median", "99th percentile", "longest")
    return Grid("Lateness of a 10 ms timer, in ms", columns, rows)


def _ratios(found: Found) -> dict[str, Any]:
    """Every speed against the hand-written loop of the same turn."""
    answer: dict[str, Any] = {}
    for workload in WORKLOADS:
        base = found.get(f"{workload}/{BASE}", {}).get("samples_per_second")
        for contender in CONTENDERS:
            speed = found.get(f"{workload}/{contender}", {}).get("samples_per_second")
            if base is not None and speed is not None:
                answer[f"{workload}/{contender}"] = ratios(speed, base).as_json()
    return answer


def _machine_line(machine: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB,"
        f" {machine['system']}, Python {machine['python']}, {packages}"
    )


def _range(spread: Spread, form: str) -> str:
    return f"{min(spread.values):{form}} to {max(spread.values):{form}}"


def _ratio(spread: Spread) -> str:
    return f"{100 * spread.median:.0f} %"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
