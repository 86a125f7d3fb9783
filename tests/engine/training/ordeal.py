"""One training and what must be the same after everything that can happen to it, all of it drawn
from a seed: `Ordeal(seed, folder).run()` gives a sentence for whatever was not."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.checkpointfile import list_checkpoints
from engine.runs.folder import RunFolder
from engine.runs.fork import fork_recipe
from engine.runs.interventions import Intervention, read_interventions, write_interventions
from engine.runs.sameness import differences
from engine.training import commands as c
from engine.training.begin import Begin, Extend, Fork, Replay, Resume
from tests.engine.training.disturbed import (
    Action,
    copying,
    differing,
    disturbance,
    left_by,
    posting,
    scripted,
)
from tests.engine.training.drawn_recipes import changes_of, recipe_of
from tests.engine.training.helpers import Run, train


class Ordeal:
    """`folder` gets the runs. The name of a step is said with what went wrong in it."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._chosen = random.Random(seed)
        self._folder = folder
        self._wrong: list[str] = []
        self._told: list[str] = []
        self.recipe = recipe_of(self._chosen)
        self._layers = layers_of(self.recipe)
        self._killed = folder / "killed" / "run"

    def run(self) -> list[str]:
        """What was not the same; empty if all was."""
        with scripted() as self._script:
            self._script.begin()
            whole = self._train("undisturbed")
            self._moments = self._script.moments
            run = self._disturbed()
            if not self._log(run):
                self._compare("disturbed", left_by(whole), left_by(run))
            else:
                self._replay("changed while it trained", run)
            self._resume_killed(run)
            self._fork_unchanged(run)
            self._extend(run)
        return [f"{wrong} [{', '.join(self._told)}]" for wrong in self._wrong]

    # --- The steps -----------------------------------------------------------------------------

    def _disturbed(self) -> RunFolder:
        """The same recipe, stopped and resumed, now and then from an older checkpoint."""
        chosen = self._chosen
        steered = chosen.random() < 0.6
        run: RunFolder | None = None
        for sessions_to_come in reversed(range(chosen.randint(2, 5))):
            self._script.begin(self._disturbances(steered, stop=sessions_to_come > 0))
            run = self._train("disturbed", self._again(run) if run is not None else None)
            if run.summary()["status"] == "finished":
                break
            if chosen.random() < 0.1:
                self._script.begin()
                self._replay("stopped", run)
        assert run is not None
        self._script.begin()
        return run

    def _again(self, run: RunFolder) -> Resume:
        checkpoints = [checkpoint.path for checkpoint in list_checkpoints(run)]
        if checkpoints and self._chosen.random() < 0.25:
            older = self._chosen.choice(checkpoints)
            self._told.append(f"from {older.name}")
            # what was copied may lie in a future that does not come now
            self._killed = self._killed.with_name(f"{self._killed.name}+")
            return Resume(run, older)
        return Resume(run)

    def _disturbances(self, steered: bool, *, stop: bool) -> dict[int, list[Action]]:
        chosen = self._chosen
        actions: list[Action] = [disturbance(chosen) for _ in range(chosen.randint(0, 3))]
        if steered:
            actions += [self._intervention() for _ in range(chosen.randint(0, 3))]
        if chosen.random() < 0.3:
            actions.append(copying(self._folder / "disturbed", self._killed))
        if stop:
            actions.append(posting(c.Stop(save=True)))
        script: dict[int, list[Action]] = {}
        for action in actions:
            script.setdefault(chosen.randint(1, self._moments), []).append(action)
        return script

    def _intervention(self) -> Action:
        """One alone, several at the same moment, or several in a pause."""
        chosen = self._chosen
        made = [
            c.Intervene.of(changes_of(chosen, self.recipe, self._layers))
            for _ in range(chosen.choice([1, 1, 2]))
        ]
        if chosen.random() < 0.6:
            return posting(*made)
        return posting(c.Pause(), *made, chosen.choice([c.Step(1), c.Step(2), c.Resume()]))

    def _resume_killed(self, run: RunFolder) -> None:
        """The copy of a moment, with the interventions that the log had after it."""
        killed = RunFolder(self._killed)
        if not killed.recipe_file.is_file():
            return
        if self._log(run):
            write_interventions(killed.path, self._log(run))
        self._resume_copy("killed", killed, run)

    def _fork_unchanged(self, run: RunFolder) -> None:
        last = max((intervention.batch for intervention in self._log(run)), default=-1)
        later = [k.path for k in list_checkpoints(run) if k.batch > last]
        if not later or self._chosen.random() < 0.3:
            return
        checkpoint = self._chosen.choice(later)
        self._told.append(f"fork of {checkpoint.name}")
        try:
            recipe = fork_recipe(run, checkpoint, [])
        except ProblemError:  # there is nothing left to train
            return
        fork = self._stopped_once("fork", Fork(run, checkpoint), recipe)
        different = {"metrics": None}  # best values are those of the fork alone
        self._compare("forked", left_by(run) | different, left_by(fork) | different)

    def _extend(self, run: RunFolder) -> None:
        if self._chosen.random() < 0.6:
            return
        self._stopped_once("extended", Extend(run, self._chosen.choice([1, 2])), self.recipe)
        self._replay("extended", run)

    def _resume_copy(
        self, name: str, copy: RunFolder, run: RunFolder, recipe: Recipe | None = None
    ) -> None:
        self._train(f"killed {name}", Resume(copy), recipe)
        self._compare(f"{name}, killed and resumed", left_by(run), left_by(copy))
        if list(copy.path.rglob(".writing-*")):
            self._wrong.append("temporary files are left after a kill")

    # --- Their parts ---------------------------------------------------------------------------

    def _stopped_once(self, name: str, begin: Begin, recipe: Recipe) -> RunFolder:
        """To the end, half of the time with a stop or a kill soon after the beginning."""
        copy = RunFolder(self._folder / "killed" / name)
        where = self._folder / ("disturbed" if isinstance(begin, Extend) else name)
        sudden = [posting(c.Stop(save=True)), copying(where, copy.path)]
        if self._chosen.random() < 0.5:
            self._script.begin({self._chosen.randint(1, 6): [self._chosen.choice(sudden)]})
        run = self._train(name, begin, recipe)
        self._script.begin()
        if run.summary()["status"] == "stopped":
            run = self._train(name, Resume(run), recipe)
        if copy.recipe_file.is_file():
            self._resume_copy(name, copy, run, recipe)
        return run

    def _replay(self, what: str, run: RunFolder) -> None:
        replayed = self._train("replayed", Replay(run), run.recipe())
        self._wrong += [f"{what}, replayed: {said}" for said in differences(run, replayed)]
        if run.summary()["status"] == "finished":
            self._compare(f"{what}, replayed", left_by(run), left_by(replayed))

    def _train(
        self, name: str, begin: Begin | None = None, recipe: Recipe | None = None
    ) -> RunFolder:
        ran: Run = train(recipe or self.recipe, self._folder / name, begin=begin)
        assert ran.result is not None
        assert ran.result.run is not None, ran.ended
        self._told.append(f"{name}: {ran.result.status}")
        assert ran.result.status != "failed", (self._told, ran.ended.problems, ran.ended.traceback)
        return RunFolder(ran.result.run)

    def _compare(self, what: str, expected: dict[str, Any], found: dict[str, Any]) -> None:
        names = differing(expected, found)
        if names:
            self._wrong.append(f"{what}: {', '.join(names)} not the same")

    def _log(self, run: RunFolder) -> list[Intervention]:
        return read_interventions(run.path)


def layers_of(recipe: Recipe) -> list[str]:
    """The names of a network's layers that have weights."""
    facts = recipe.dataset.facts()
    network = recipe.architecture.build(facts, recipe.loss.outputs(facts), 0.0)
    return [name for name, part in network.named_modules() if name and list(part.parameters())]
