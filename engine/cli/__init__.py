"""The command line: every headless command, its output and its exit status."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from engine.cli import (
    inspect,
    library,
    lineage,
    machine,
    metrics,
    predict,
    recipes,
    runs,
    summary,
    train,
)
from engine.cli.output import flush_output, keep_traceback, list_problems, prepare_streams, say
from engine.problems import ProblemError
from engine.wording import own_words

OpenWindow = Callable[[str | None], int]
"""Opens the dashboard on a preset, a run, or the starter preset (None); returns the exit status.
Raises NoDisplayError where no window can open."""

_COMMANDS = (
    recipes.presets,
    recipes.components,
    recipes.schema,
    recipes.show,
    inspect.inspect,
    summary.summary,
    train.train,
    lineage.resume,
    lineage.extend,
    lineage.fork,
    lineage.replay,
    runs.evaluate,
    runs.export,
    predict.predict,
    runs.runs,
    library.compare,
    library.mark,
    library.trash,
    machine.devices,
    machine.find,
    metrics.metrics,
    metrics.import_,
)


class NoDisplayError(Exception):
    """There is no screen to open a window on; the message says so in one sentence."""


def run(arguments: Sequence[str], open_window: OpenWindow, program: str = "trainboard") -> int:
    """Carry out one command line; the exit status. Problems are listed, never raised."""
    prepare_streams()
    logging.getLogger("engine").addHandler(logging.NullHandler())  # a run's log.txt has it all
    status = _obey(arguments, open_window, program)
    flush_output()
    return status


def _obey(arguments: Sequence[str], open_window: OpenWindow, program: str) -> int:
    try:
        _app(open_window)(list(arguments), prog_name=program)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except ProblemError as error:
        list_problems(error.problems)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0  # who reads the output has seen enough
    except Exception as error:
        return _report_bug(error)
    return 0


class _Commands(TyperGroup):
    """The commands; what is wrong with their arguments is said in words of ours."""

    def invoke(self, ctx: Any) -> Any:
        """Carry out the command that was given (override)."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = own_words(error.message)
            raise


def _app(open_window: OpenWindow) -> typer.Typer:
    app = typer.Typer(
        cls=_Commands,
        help="Train deep-learning models: pick, press Start, watch, export.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(invoke_without_command=True)
    def front_door(context: typer.Context) -> None:
        """Without a command: open the dashboard, or train the starter preset where none can."""
        if context.invoked_subcommand is not None:
            return
        try:
            code = open_window(None)
        except NoDisplayError as error:
            say(f"{error}: training the starter preset in the terminal instead.")
            code = train.train_starter()
        raise typer.Exit(code)

    @app.command()
    def gui(
        recipe: Annotated[
            str | None,
            typer.Argument(metavar="[PRESET|RUN]", help="What to open it on."),
        ] = None,
    ) -> None:
        """Open the dashboard."""
        try:
            code = open_window(recipe)
        except NoDisplayError as error:
            say(f"{error} (`train` and the other commands work without one)")
            code = 1
        raise typer.Exit(code)

    for command in _COMMANDS:
        app.command(command.__name__.removesuffix("_"))(command)  # `import` is a keyword
    return app


def _report_bug(error: Exception) -> int:
    """One line for the user, the traceback in a file."""
    say(f"Something went wrong in the program: {type(error).__name__}: {error}")
    keep_traceback("".join(traceback.format_exception(error)))
    return 1
