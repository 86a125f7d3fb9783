"""Trainings of own code: the same bits wherever they are stopped, and mistakes in one sentence."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import consent, paths
from engine.consent import NotAllowed
from engine.problems import ProblemError
from engine.runs.folder import RunFolder
from engine.schema import COMPONENTS
from engine.training import commands as c
from engine.training.begin import Fork, Replay
from engine.training.channel import Channel
from engine.training.evaluate import evaluate
from engine.training.events import Event, Intervened, RunCreated, Started
from engine.training.loading import load_checkpoint
from tests.engine.architectures.own.files import LIT, NET, allowed, own, training
from tests.engine.training.helpers import Run, same_curves, train
from tests.engine.training.test_exact import StopAt

FILES = {"module": NET, "lightning": LIT}
SECTIONS: dict[str, Any] = {"regularization": {"dropout": 0.2, "weight_decay": 1e-4}}


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> type[StopAt]:
    monkeypatch.setattr("engine.training.session.Control", StopAt)
    monkeypatch.setattr(StopAt, "moments", 0)
    monkeypatch.setattr(StopAt, "stop_at", -1)
    return StopAt


def folder_of(run: Run) -> RunFolder:
    assert run.result is not None
    assert run.result.run is not None, run.ended.problems
    return RunFolder(run.result.run)


@pytest.mark.parametrize("kind", FILES)
def test_stopped_anywhere_and_resumed_the_bits_are_the_same(
    kind: str, tmp_path: Path, stop_at: type[StopAt]
) -> None:
    path = allowed(tmp_path / "mine.py", FILES[kind])
    recipe = training(path, training={"epochs": 2}, **SECTIONS)
    whole = train(recipe, tmp_path / "runs")
    assert whole.result.status == "finished", whole.ended.problems
    again = train(recipe, tmp_path / "runs")
    assert again.result.weights_sha256 == whole.result.weights_sha256
    assert same_curves(again, whole)
    moments = stop_at.moments // 2
    for moment in (3, 8, moments - 4, moments - 2):  # the second within a validation
        stop_at.moments, stop_at.stop_at = 0, moment
        stopped = train(recipe, tmp_path / "runs")
        stop_at.stop_at = -1
        assert stopped.result.status == "stopped", stopped.ended
        resumed = train(recipe, tmp_path / "runs", folder=folder_of(stopped))
        assert resumed.result.weights_sha256 == whole.result.weights_sha256, moment
        assert same_curves(resumed, whole)


@pytest.mark.filterwarnings("error:Detected call of")
def test_a_lightning_module_trains_itself_with_our_controls(tmp_path: Path) -> None:
    recipe = training(allowed(tmp_path / "mine.py", LIT), {"options": {"lr": 0.5}}, **SECTIONS)

    def on_event(event: Event, channel: Channel) -> None:
        if isinstance(event, Started):
            channel.post(c.Intervene({"regularization.dropout": 0.0}))
            refused.append(channel.post(c.Intervene({"optimizer.lr": 0.9})))

    refused: list[Any] = []
    run = train(recipe, tmp_path / "runs", on_event)
    assert run.result.status == "finished"
    rates = [value for _, _, value in run.metrics()["lr"]]
    assert (rates[0], rates[-1]) == (0.5, 0.125)
    assert any(isinstance(event, Intervened) for event in run.events)
    assert "configures the optimizer" in refused[0].result().sentence
    assert len(run.metrics()["train_accuracy"]) == len(rates)
    folder = folder_of(run)
    assert (folder.path / "code" / "mine.py").read_text() == LIT
    measured = evaluate(folder, "test", tmp_path / "data")
    assert measured["test_accuracy"] == run.result.metrics["test_accuracy"]
    # what the step keeps in a variable is told unless the file puts it into the checkpoint itself
    content = torch.load(folder.last_checkpoint, weights_only=True)
    assert content["own_module"] == {"seen": 3 * 217}
    replayed = train(recipe, tmp_path / "runs", begin=Replay(folder))
    assert replayed.result.weights_sha256 == run.result.weights_sha256
    forked = train(recipe, tmp_path / "runs", begin=Fork(folder, folder.best_checkpoint))
    assert forked.result.status in ("finished", "stopped"), forked.ended.problems


def test_the_recipe_can_train_a_lightning_module(tmp_path: Path) -> None:
    recipe = training(allowed(tmp_path / "mine.py", LIT), {"trained_by": "recipe"})
    run = train(recipe, tmp_path / "runs")
    assert run.result.status == "finished"
    assert max(value for _, _, value in run.metrics()["lr"]) == 0.003


def test_layers_that_the_file_freezes_and_drops_stay_so(tmp_path: Path) -> None:
    code = LIT.replace("self.seen = 0", "self.seen = 0").replace(
        "nn.Linear(width, outputs))",
        "nn.Linear(width, outputs))\n        self.layers[1].requires_grad_(False)",
    )
    path = allowed(tmp_path / "mine.py", code)
    recipe = training(path, {"trained_by": "recipe"}, **SECTIONS)
    run = train(recipe, tmp_path / "runs")
    first = torch.load(folder_of(run).last_checkpoint, weights_only=True)["state_dict"]
    more = train(training(path, {"trained_by": "recipe"}, training={"epochs": 4}), tmp_path / "r")
    other = torch.load(folder_of(more).last_checkpoint, weights_only=True)["state_dict"]
    name = "network.layers.1.weight"
    assert torch.equal(first[name], other[name])
    assert not torch.equal(first["network.layers.5.weight"], other["network.layers.5.weight"])


@pytest.mark.parametrize("format", COMPONENTS.names("exporter"))
def test_a_lightning_module_is_exported_like_any_other(format: str, tmp_path: Path) -> None:
    from engine.exporters import export_model
    from engine.training.evaluate import load_trained

    path = allowed(tmp_path / "mine.py", LIT)
    run = train(training(path, training={"epochs": 1}), tmp_path / "runs")
    trained = load_trained(folder_of(run), tmp_path / "data")
    out = tmp_path / f"out.{format}"
    report = export_model(trained.network, trained.splits, trained.recipe, format, out)
    assert report.largest_difference < 1e-4


# --- Mistakes ------------------------------------------------------------------------------------

BROKEN = {
    "import": ("import nosuchmodule\n" + NET, "line 1: ModuleNotFoundError"),
    "making": (NET.replace("layers, size = ", "1 / 0; layers, size = "), "ZeroDivisionError"),
    "forward": (
        NET.replace("return self.layers(x)", "return self.layers(x[:, :, 1:])"),
        "line 24: RuntimeError: mat1 and mat2 shapes cannot be multiplied",
    ),
    "answer": (NET.replace("nn.Linear(size, outputs)", "nn.Linear(size, 7)"), "(4, 7) to 4"),
    "state": (
        NET + "    def get_extra_state(self): return {'seen': {1, 2}, 'at': object}\n"
        "    def set_extra_state(self, state): pass\n",
        "_extra_state.at is a type",
    ),
    "no weights": (NET.replace("self.layers = nn", "self.layers = lambda x: x; nn"), "no weights"),
    "no loss": (LIT.replace("return loss", "return None"), "returns nothing"),
    "by hand": (LIT.replace("self.seen = 0", "self.automatic_optimization = False"), "by hand"),
    "two optimizers": (LIT.replace("[optimizer], [", "[optimizer, optimizer], ["), "2 optimizers"),
    "pace": (
        LIT.replace(
            "[optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)]",
            "[optimizer], [{'scheduler': torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5),"
            " 'interval': 'batch'}]",
        ),
        "every 1 'batch'",
    ),
    "exit": ("import sys\nsys.exit(3)\n" + NET, "line 2: SystemExit: 3"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_a_problem_before_there_is_a_run(name: str, tmp_path: Path) -> None:
    content, said = BROKEN[name]
    run = train(training(allowed(tmp_path / "mine.py", content)), tmp_path / "runs")
    assert run.result.status == "failed"
    assert run.ended.bad_input
    (problem, *_) = run.ended.problems
    assert problem.path.startswith("architecture."), problem
    assert said in problem.sentence
    assert not run.ended.traceback
    assert not [event for event in run.events if isinstance(event, RunCreated)]


def test_a_mistake_on_the_way_names_the_line_and_the_log_has_the_traceback(tmp_path: Path) -> None:
    late = NET.replace(
        "        if self.training:",
        "        self.calls = getattr(self, 'calls', 0) + 1\n"
        "        if self.calls > 9: raise KeyError('late')\n        if self.training:",
    )
    run = train(training(allowed(tmp_path / "mine.py", late)), tmp_path / "runs")
    (problem,) = run.ended.problems
    assert problem.sentence == "mine.py, line 22: KeyError: 'late'"
    assert not run.ended.traceback
    assert "Traceback" in folder_of(run).log_file.read_text()
    assert "KeyError" in (paths.home() / "own-code.log").read_text()


def test_what_a_checkpoint_does_not_keep_is_in_the_log(tmp_path: Path) -> None:
    code = NET.replace("self.noise = noise", "self.noise = noise; self.calls = 0; "
                       "self.draws = random.Random(1)").replace(
        "        if self.training:", "        self.calls += 1\n        if self.training:"
    )  # fmt: skip
    run = train(training(allowed(tmp_path / "mine.py", code)), tmp_path / "runs")
    log = folder_of(run).log_file.read_text()
    assert "mine.py changes calls while training" in log
    assert "draws draws random numbers of its own" in log
    assert "noise" not in log


def test_a_step_that_nothing_calls_is_in_the_log(tmp_path: Path) -> None:
    code = LIT + "    def validation_step(self, batch, batch_idx): pass\n"
    run = train(training(allowed(tmp_path / "mine.py", code)), tmp_path / "runs")
    assert "Lit defines what is not called here: validation_step" in (
        folder_of(run).log_file.read_text()
    )


# --- Consent and endless code --------------------------------------------------------------------


def test_a_fork_whose_file_configures_no_optimizer_any_more_begins_the_recipes(
    tmp_path: Path,
) -> None:
    path = allowed(tmp_path / "mine.py", LIT)
    parent = folder_of(train(training(path), tmp_path / "runs"))
    allowed(path, LIT.replace("def configure_optimizers", "def unused"))
    begin = Fork(parent, parent.last_checkpoint)
    fork = train(training(path, training={"epochs": 4}), tmp_path / "runs", begin=begin)
    assert fork.result.status == "finished", fork.ended.problems
    state = load_checkpoint(folder_of(fork).last_checkpoint)["optimizer_states"][0]["state"][0]
    assert {"exp_avg", "step"} <= set(state)


def test_a_file_edited_while_it_trains_changes_nothing(tmp_path: Path) -> None:
    path = allowed(tmp_path / "mine.py", NET)
    recipe = training(path)
    whole = train(recipe, tmp_path / "runs")

    def on_event(event: Event, channel: Channel) -> None:
        if isinstance(event, Started):
            path.write_text(NET + "raise SystemExit")
            channel.post(c.Intervene({"regularization.dropout": 0.1}))

    run = train(recipe, tmp_path / "runs", on_event)
    assert run.result.status == "finished"
    assert run.result.weights_sha256 == whole.result.weights_sha256
    resumed = train(recipe, tmp_path / "runs", folder=folder_of(run))
    assert isinstance(resumed.ended.problems[0], NotAllowed)


ENDLESS = {
    "import": "while True: pass\n" + NET,
    "making": NET.replace("self.noise = noise", "while True: pass"),
    "swallowing": NET.replace(
        "self.noise = noise",
        "\n        while True:\n            try:\n                while True: pass\n"
        "            except BaseException: n = getattr(self, 'noise', 0) + 1; self.noise = n\n"
        "            if self.noise > 2: break",
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_code_that_never_ends_is_stopped(name: str, tmp_path: Path) -> None:
    path = allowed(tmp_path / "mine.py", ENDLESS[name])
    channel = Channel()
    threading.Timer(0.5, channel.post, [c.Stop()]).start()
    run = train(training(path), tmp_path / "runs", channel=channel)
    assert run.result.status == "stopped"
    assert run.result.run is None


def test_own_code_is_not_looked_at_beside_a_training(tmp_path: Path) -> None:
    from engine.model.summary import model_view
    from engine.training.beside import looked_at
    from engine.training.endings import alone

    recipe = training(allowed(tmp_path / "mine.py", NET))
    assert looked_at(recipe, model_view, lambda: None).parameters > 0
    with alone(), pytest.raises(ProblemError, match="beside a training"):
        looked_at(recipe, model_view, lambda: None)


def test_looking_at_code_that_never_ends_is_given_up(tmp_path: Path) -> None:
    from engine.model.summary import model_view
    from engine.training.beside import looked_at

    recipe = training(allowed(tmp_path / "mine.py", ENDLESS["import"]))

    def waiting() -> None:
        raise InterruptedError("nobody is waiting")

    with pytest.raises(InterruptedError):
        looked_at(recipe, model_view, waiting)


def test_a_file_that_is_not_allowed_does_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "was here"
    path = tmp_path / "mine.py"
    path.write_text(f"open({str(trace)!r}, 'w')\n{NET}")
    with pytest.raises(ProblemError) as caught:
        training(path)
    (problem,) = caught.value.problems
    assert isinstance(problem, NotAllowed)
    assert f"--allow-code {consent.read(path, 'x').sha256}" in problem.hint
    assert own(path)["name"] == "custom"
    assert not trace.exists()
