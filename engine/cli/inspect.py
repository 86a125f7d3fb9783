"""The inspect command: what is in the data, what is wrong with it, what a path seems to hold."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from sys import stderr
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine import overrides as override_grammar
from engine import paths, yamlfile
from engine import presets as presets_folder
from engine.cli.consent import AllowCode
from engine.cli.output import columns, json_line, say, show
from engine.cli.recipes import Json, Overrides
from engine.cli.train import DataDir
from engine.problems import Problem, ProblemError
from engine.wording import counted

if TYPE_CHECKING:
    from engine.inspection import Inspection
    from engine.inspection.proposal import Proposal

_PLAIN = re.compile(r"(?!(?i:null|true|false|nan|inf)$)[^\W\d][\w.-]*", re.ASCII)
"""A text that needs no quotation marks in a change."""

What = Annotated[
    str,
    typer.Argument(
        metavar="PRESET|FILE.yaml|PATH",
        help="A preset by name, a recipe file, or a folder or file of data.",
    ),
]
Save = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE.yaml", help="Write the recipe, to train it from."),
]


def inspect(
    what: What,
    overrides: Overrides = None,
    data_dir: DataDir = None,
    save: Save = None,
    allow_code: AllowCode = None,
    json: Json = False,
) -> None:
    """Look at the data of a recipe, or propose a recipe for a path of data.

    Prints samples by split and class, statistics, and findings, the worst first. Exit status: 0
    whatever is found, 2 when there is no such data.
    """
    asked, changes = _as_wished(_asked(what), list(overrides or []))
    data = override_grammar.apply(asked.data, changes) if changes else asked.data
    from engine.inspection.check import inspect_data

    with redirect_stdout(stderr):  # libraries talk while they load
        inspection = inspect_data(data, data_dir or paths.data_dir(), _Teller())
    if save is not None:
        _save(save, data, asked.proposal)
    if json:
        found = asked.proposal.as_json() if asked.proposal else None
        json_line({"proposal": found, "recipe": data, **inspection.as_json()})
        return
    if asked.proposal is not None:
        show(_proposed(asked.proposal, data))
    show(_report(inspection))


# --- What is asked for ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """A recipe as plain data, and the proposal that it comes from, if so."""

    data: Mapping[str, Any]
    proposal: Proposal | None = None


def _asked(what: str) -> _Asked:
    """A preset comes before a path of the same name; a recipe file is one by its ending."""
    path = Path(what).expanduser()
    recipe_file = path.suffix.lower() in presets_folder.SUFFIXES
    known = {preset.name for preset in presets_folder.list_presets()}
    if recipe_file or what in known:
        return _Asked(presets_folder.find(what).data())
    if not path.exists() and "/" not in what and "\\" not in what and not path.suffix:
        return _Asked(presets_folder.find(what).data())  # which says what presets there are
    from engine.inspection.propose import propose

    found = propose(path)
    return _Asked(found.data, found)


def _as_wished(asked: _Asked, changes: list[str]) -> tuple[_Asked, list[str]]:
    """`dataset=series` takes the alternative that is one, with its path and all that suits it."""
    for other in asked.proposal.alternatives if asked.proposal else ():
        if f"dataset={other.kind}" in changes:
            rest = [change for change in changes if change != f"dataset={other.kind}"]
            return _Asked(other.data, other), rest
    return asked, changes


def _save(file: Path, data: Mapping[str, Any], proposal: Proposal | None) -> None:
    """Write the recipe as it was proposed and changed. Raises ProblemError."""
    from engine.runs.atomic import write_atomically

    comment = "\n".join(proposal.reasons) if proposal else ""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, yamlfile.dump(dict(data), comment).encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemError(Problem(str(file), f"Cannot be saved: {reason}")) from None
    say(f"Saved as {file}: train it with `train {file}`")


class _Teller:
    """Says on standard error what is being done, each thing once."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, message: str, fraction: float | None) -> None:
        if message != self._last:
            self._last = message
            say(f"{message} …")


# --- In words ------------------------------------------------------------------------------------


def _proposed(proposal: Proposal, data: Mapping[str, Any]) -> str:
    lines = [f"Proposed: dataset={proposal.kind}"]
    lines += [f"  {reason}" for reason in proposal.reasons]
    if proposal.alternatives:
        names = " or ".join(f"dataset={other.kind}" for other in proposal.alternatives)
        lines.append(f"  it may be something else: {names} is proposed on demand")
    return "\n".join([*lines, "", yamlfile.dump(dict(data)).rstrip(), ""])


def _report(inspection: Inspection) -> str:
    parts = [_sizes(inspection), _counts(inspection), _statistics(inspection)]
    parts += [_findings(inspection)]
    if inspection.fingerprint:
        parts.append(f"Fingerprint {inspection.fingerprint}")
    return "\n\n".join(part for part in parts if part)


def _sizes(inspection: Inspection) -> str:
    facts, view = inspection.facts, inspection.view
    if facts is None or view is None:
        return ""
    shape = " x ".join(f"{size:,}" for size in facts.shape)
    rows = [[part, f"{size:,}", _shape(view.shapes, part), _shape(view.target_shapes, part)]
            for part, size in inspection.sizes.items()]  # fmt: skip
    table = columns([["split", "samples", "inputs", "targets"], *rows])
    ranges = ""
    if view.raw_range and view.network_range:
        raw, seen = (f"{low:.4g} to {high:.4g}" for low, high in (view.raw_range,
                                                                  view.network_range))  # fmt: skip
        ranges = f"\nValues {raw} ({view.dtype}), after preprocessing {seen}"
    return f"{facts.kind}, {facts.task}, a sample is {shape}\n{table}{ranges}\n{view.normalisation}"


def _shape(shapes: dict[str, tuple[int, ...]] | None, part: str) -> str:
    return " x ".join(f"{size:,}" for size in (shapes or {}).get(part, ()))


def _counts(inspection: Inspection, most: int = 30) -> str:
    facts, counts = inspection.facts, inspection.counts
    if facts is None or not any(counts.values()):
        return ""
    rows = [
        [name, *(f"{found[place]:,}" for found in counts.values())]
        for place, name in enumerate(facts.targets[:most])
    ]
    rest = len(facts.targets) - most
    more = f"\nand {counted(rest, 'more class')}" if rest > 0 else ""
    return columns([["class", *counts], *rows]) + more


def _statistics(inspection: Inspection, most: int = 60) -> str:
    view = inspection.view
    if view is None:
        return ""
    parts = []
    if view.columns:
        rows = [
            [c.name, c.kind, f"{c.count:,}", f"{c.gaps:,}", f"{c.distinct:,}",
             *(_number(v) for v in (c.low, c.mean, c.median, c.high)),
             ", ".join(f"{name} {count:,}" for name, count in c.frequent[:3])]
            for c in view.columns[:most]
        ]  # fmt: skip
        heads = ["column", "kind", "values", "gaps", "different", "min", "mean", "median", "max",
                 "most frequent"]  # fmt: skip
        parts.append(columns([heads, *rows]))
    if view.text is not None:
        text = view.text
        parts.append(
            f"Texts of {text.mean:.1f} tokens (median {text.median:.0f}, longest {text.longest:,}),"
            f" read up to {text.length:,}: {text.truncated:.1%} are cut off\n"
            f"Vocabulary of {text.vocabulary:,} tokens; {text.unknown:.1%} of the tokens to "
            "validate and test on are unknown"
        )
    if view.series is not None:
        rows = [[part.name, f"{part.stop - part.start:,}", part.first, part.last]
                for part in view.series.parts]  # fmt: skip
        parts.append(columns([["split", "rows", "from", "to"], *rows]))
    return "\n\n".join(parts)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _findings(inspection: Inspection) -> str:
    if not inspection.findings:
        return "Nothing was found that should be mended."
    lines = []
    for finding in inspection.findings:
        lines.append(f"{finding.severity}: {finding.sentence}")
        if finding.hint:
            lines.append(f"    {finding.hint}")
        lines += [f"    - {line}" for line in finding.evidence]
        changes = " ".join(shlex.quote(f"{path}={_written(value)}") for path, value in finding.mend)
        if changes:
            lines.append(f"    mend: {changes}")
    return "\n".join(lines)


def _written(value: Any) -> str:
    """A value as it is given on the command line: names of a file's columns may hold anything."""
    if isinstance(value, tuple | list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        # backslashes count only before a quotation mark
        escaped = re.sub(
            r"(\\*)('|$)", lambda found: found[1] * 2 + found[2].replace("'", "\\'"), value
        )
        return f"'{escaped}'"
    return "null" if value is None else str(value)
