"""The command that asks a trained model: predict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine import paths
from engine.cli.consent import AllowCode
from engine.cli.output import columns, json_line, show
from engine.cli.recipes import Json
from engine.cli.train import DataDir, RunsDir
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from engine.facts import Facts
    from engine.prediction import Answer

SHOWN = 3


def predict(
    model: Annotated[
        str,
        typer.Argument(metavar="RUN|FILE.safetensors", help="A run, or a model exported by one."),
    ],
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Picture files or folders, tables, texts."),
    ],
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    allow_code: AllowCode = None,
    json: Json = False,
) -> None:
    """Ask a trained model about raw data: pictures, tables, texts, the end of a series.

    Files are prepared as the training data were. With --json a line for each sample.
    """
    from engine.prediction import predict as ask
    from engine.prediction import raw_inputs

    network, facts = _opened(model, runs_dir, data_dir)
    answers = ask(network, facts, raw_inputs(facts, inputs))
    if json:
        for answer in answers:
            json_line(answer.as_json())
    elif facts.horizon:
        show("\n\n".join(_forecast(answer, facts) for answer in answers))
    else:
        show(columns([_row(answer, facts) for answer in answers]))


def _opened(
    model: str, runs_dir: Path | None, data_dir: Path | None
) -> tuple[Callable[[Tensor], Tensor], Facts]:
    """An exported file needs nothing else; a run needs the data that it has learned from."""
    if model.endswith(".safetensors"):
        from engine.exporters.safetensors import load_with_facts

        return load_with_facts(model)
    if Path(model).is_file():
        sentence = f"{Path(model).name} is neither a run nor a model as .safetensors"
        raise ProblemError(Problem("run", sentence, "give the run, or export it as safetensors"))
    from engine.exporters.deployed import deployed_copy
    from engine.runs.folder import find_run
    from engine.training.evaluate import load_trained

    folder = find_run(model, runs_dir or paths.runs_dir())
    trained = load_trained(folder, data_dir or paths.data_dir())
    return deployed_copy(trained.network, trained.splits.preprocess), trained.splits.facts


def _forecast(answer: Answer, facts: Facts) -> str:
    """A row for each step ahead, with its time where the series has such."""
    ahead = range(1, facts.horizon + 1)
    steps = answer.times or [f"+{step}" for step in ahead]
    values = [f"{value:.4g}" for _, value in answer.values]
    each = len(values) // facts.horizon
    heads = [name.removesuffix(" +1") for name in facts.targets[:each]]
    rows = [[steps[step - 1], *values[each * (step - 1) : each * step]] for step in ahead]
    return columns([[answer.name, *heads], *rows])


def _row(answer: Answer, facts: Facts) -> list[str]:
    if facts.task == "regression":
        return [answer.name, *(f"{target} {value:.4g}" for target, value in answer.values)]
    shares = [f"{target} {100 * share:.1f} %" for target, share in answer.values[:SHOWN]]
    return [answer.name, repr(answer.label) if facts.task == "tokens" else answer.label, *shares]
