"""Features of a frozen backbone, computed once: same answers, same bits whatever happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.sameness import differences
from engine.training import commands as c
from engine.training.begin import Extend, Fork, Replay
from engine.training.evaluate import evaluate, load_trained
from engine.training.events import Answered, Notice, Preparing
from tests.engine.training.beginnings import stopped_at
from tests.engine.training.helpers import Run, same_curves, small, train
from tests.engine.training.stepped import Stepped


def head_only(**sections: dict[str, Any]) -> Recipe:
    """A recipe of which only the head learns."""
    chosen = {"name": "torchvision", "model": "shufflenet_v2_x0_5", "tune": "head",
              **sections.pop("architecture", {})}  # fmt: skip
    training = {"epochs": 3, "batch_size": 20, **sections.pop("training", {})}
    return small(dataset={"subset": 90}, architecture=chosen, training=training, **sections)


def log_of(run: Run) -> str:
    assert run.result is not None
    return (run.result.run / "log.txt").read_text()


def prepared(run: Run) -> set[str]:
    return {event.message for event in run.events if isinstance(event, Preparing)}


def state_of(run: Run) -> dict[str, torch.Tensor]:
    path = run.result.run / "checkpoints" / "last.ckpt"
    state: dict[str, torch.Tensor] = torch.load(path, weights_only=True)["state_dict"]
    return state


def test_features_are_computed_once_and_only_the_head_learns(tmp_path: Path) -> None:
    run = train(head_only(), tmp_path)
    assert "Computing the features of 90 samples, once" in prepared(run)
    assert "computed once" in log_of(run)
    one, more = train(head_only(training={"epochs": 1}), tmp_path), state_of(run)
    for name, tensor in state_of(one).items():
        learned = name.startswith("network.head.")
        assert torch.equal(tensor, more[name]) != learned, name


@pytest.mark.parametrize("sections", [{}, {"regularization": {"ema": 0.9}}], ids=["plain", "ema"])
def test_what_is_measured_is_what_the_whole_network_gives(
    sections: dict[str, Any], tmp_path: Path
) -> None:
    run = train(head_only(**sections), tmp_path)
    folder = RunFolder(run.result.run)
    found = evaluate(folder, "val", tmp_path / "data")
    assert found["val_accuracy"] == run.result.metrics["val_accuracy"]
    assert found["val_loss"] == pytest.approx(run.result.metrics["val_loss"], abs=1e-3)


def test_features_are_those_of_a_direct_pass(tmp_path: Path) -> None:
    seen: list[torch.Tensor] = []

    def look(stepped: Stepped) -> None:
        seen.append(stepped.session._fit.learned.val.inputs)

    folder = Stepped({1: look}).run(head_only(), tmp_path).folder
    trained = load_trained(folder, tmp_path / "data")
    with torch.no_grad():
        for place, sample in enumerate(trained.splits.val.inputs):
            direct = trained.network.backbone(trained.splits.preprocess(sample[None]))
            torch.testing.assert_close(seen[0][place], direct[0], atol=1e-3, rtol=1e-3)


def test_stopped_and_resumed_repeated_and_forked_the_bits_are_the_same(tmp_path: Path) -> None:
    recipe = head_only(training={"checkpoint_every_steps": 3, "keep_checkpoints": 9},
                       regularization={"ema": 0.9, "dropout": 0.3})  # fmt: skip
    whole = train(recipe, tmp_path)
    for batch in (2, 4, 7):
        stopped = stopped_at(batch, recipe, tmp_path)
        resumed = train(stopped.recipe(), tmp_path, folder=stopped)
        assert resumed.result.weights_sha256 == whole.result.weights_sha256, batch
        assert same_curves(resumed, whole)
    folder = RunFolder(whole.result.run)
    again = train(recipe, tmp_path, begin=Replay(folder))
    assert differences(folder, RunFolder(again.result.run)) == []
    forked = train(recipe, tmp_path, begin=Fork(folder, folder.checkpoints / "auto-00000003.ckpt"))
    assert forked.result.weights_sha256 == whole.result.weights_sha256


def test_pauses_and_validations_change_nothing(tmp_path: Path) -> None:
    recipe = head_only()

    def validate(stepped: Stepped) -> None:
        stepped.channel.post(c.Validate())

    stepped = Stepped({2: validate, 4: validate}).run(recipe, tmp_path)
    answers = [event.report for event in stepped.events if isinstance(event, Answered)]
    assert any("val_accuracy" in report.sentence for report in answers)
    assert stepped.result.weights_sha256 == train(recipe, tmp_path).result.weights_sha256


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({"regularization": {"augmentation": ["flip"]}}, "augmentation"),
        ({"regularization": {"mixup": 0.2}}, "samples are mixed"),
    ],
    ids=["augmentation", "mixup"],
)
def test_where_samples_differ_from_epoch_to_epoch_they_pass_the_backbone(
    sections: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    run = train(head_only(training={"epochs": 1}, **sections), tmp_path)
    assert run.result.status == "finished", run.ended.traceback
    assert f"sees every sample in every epoch: {reason}" in log_of(run)
    assert not any("features" in message for message in prepared(run))


def test_computing_features_can_be_cancelled(tmp_path: Path) -> None:
    def stop(event: object, channel: Any) -> None:
        if isinstance(event, Preparing) and "features" in event.message:
            channel.post(c.Stop())

    run = train(head_only(), tmp_path, stop)
    assert run.result.status == "stopped"
    assert run.result.steps == 0


def test_an_export_is_of_the_whole_network(tmp_path: Path) -> None:
    out = tmp_path / "model.safetensors"

    def export(stepped: Stepped) -> None:
        stepped.channel.post(c.Export("safetensors", out))

    Stepped({3: export}).run(head_only(training={"epochs": 1}), tmp_path)
    from engine.exporters.safetensors import load_with_facts

    model, facts = load_with_facts(str(out))
    assert model(torch.zeros(2, *facts.shape)).shape == (2, 10)


# --- Weights -------------------------------------------------------------------------------------


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file of ShuffleNet's weights, one tensor missing."""
    from torchvision import models

    torch.manual_seed(5)
    state = models.shufflenet_v2_x0_5().state_dict()
    del state["conv5.1.bias"]
    torch.save(state, tmp_path / "shufflenet.pth")
    return tmp_path / "shufflenet.pth"


def test_a_training_begins_with_the_weights_and_tells_what_was_missing(
    weights: Path, tmp_path: Path
) -> None:
    recipe = head_only(architecture={"weights": str(weights)}, regularization={"ema": 0.9})
    run = train(recipe, tmp_path / "runs")
    assert run.result.status == "finished", run.ended.traceback
    given, state = torch.load(weights), state_of(run)
    for network in ("network", "average"):
        assert torch.equal(
            state[f"{network}.backbone.stage2.0.branch1.2.weight"],
            given["stage2.0.branch1.2.weight"],
        )
    assert "missing in the file: conv5.1.bias 1024" in log_of(run)
    (notice,) = [event.problem for event in run.events if isinstance(event, Notice)]
    assert "1 missing" in notice.sentence
    environment = RunFolder(run.result.run).environment()
    assert environment["weights"]["missing"] == [["conv5.1.bias", [1024]]]
    # normalised as the weights want it: grey, the mean of three colours
    assert state["preprocess.mean"].item() == pytest.approx(0.449 * 16, abs=1e-2)


def test_a_run_goes_on_and_is_forked_without_the_file(weights: Path, tmp_path: Path) -> None:
    recipe = head_only(architecture={"weights": str(weights)})
    whole = train(recipe, tmp_path / "runs")
    stopped = stopped_at(4, recipe, tmp_path / "runs")
    weights.unlink()
    resumed = train(stopped.recipe(), tmp_path / "runs", folder=stopped)
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    fork = Fork(stopped, stopped.last_checkpoint)
    assert train(recipe, tmp_path / "runs", begin=fork).result.status == "finished"
    again = train(recipe, tmp_path / "runs", begin=Replay(RunFolder(whole.result.run)))
    assert again.result.status == "failed"
    assert "There is no file" in again.ended.problems[0].sentence
    anew = train(recipe, tmp_path / "anew")
    assert "There is no file" in anew.ended.problems[0].sentence
    assert anew.ended.bad_input
    assert anew.result.run is None
    assert prepared(anew) == {"Checking the recipe"}  # before any data is loaded
    extend = Extend(RunFolder(whole.result.run), 1)
    assert train(recipe, tmp_path / "runs", begin=extend).result.status == "finished"


def test_weights_of_another_network_are_refused_or_noticed(tmp_path: Path) -> None:
    from torchvision import models

    file = tmp_path / "other.pth"
    torch.save(models.shufflenet_v2_x1_0().state_dict(), file)
    frozen = train(head_only(architecture={"weights": str(file)}), tmp_path)
    (problem,) = frozen.ended.problems
    assert problem.path == "architecture.weights"
    assert "torchvision's shufflenet_v2_x1_0" in problem.hint
    assert frozen.result.run is None
    training = {"epochs": 1}
    run = train(
        head_only(architecture={"weights": str(file), "tune": "all"}, training=training), tmp_path
    )
    assert run.result.status == "finished"
    (notice,) = [event.problem for event in run.events if isinstance(event, Notice)]
    assert "of another shape" in notice.sentence
    assert "torchvision's shufflenet_v2_x1_0" in notice.hint


def test_a_run_is_not_repeated_with_other_weights(weights: Path, tmp_path: Path) -> None:
    recipe = head_only(architecture={"weights": str(weights)}, training={"epochs": 1})
    whole = train(recipe, tmp_path / "runs")
    torch.save({n: t + 1 for n, t in torch.load(weights).items()}, weights)
    again = train(recipe, tmp_path / "runs", begin=Replay(RunFolder(whole.result.run)))
    assert "not the same as when the run was made" in again.ended.problems[0].sentence
