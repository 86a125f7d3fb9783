"""Runs that go on: what is taken up, what is refused, and what a stranger wrote."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.problems import ProblemError
from engine.runs.checkpointfile import list_checkpoints
from engine.runs.folder import RunFolder
from engine.runs.interventions import read_interventions
from engine.runs.lock import RunLock
from engine.runs.metricreader import read_metrics
from engine.runs.sameness import differences
from engine.training.begin import Extend, Fork, Replay, Resume
from engine.training.lightning import pl
from engine.training.loading import load_checkpoint
from engine.training.origin import newest_checkpoint
from tests.engine.training.beginnings import (
    EVERY,
    auto,
    content_of,
    folder_of,
    kill,
    refused,
    stop,
    stopped_at,
)
from tests.engine.training.helpers import same_curves, small, train
from tests.engine.training.stepped import Stepped, asks

# --- Resume --------------------------------------------------------------------------------------


def test_the_newest_state_is_taken_whatever_its_name(tmp_path: Path) -> None:
    folder = stopped_at(11, small(training=EVERY), tmp_path)
    assert newest_checkpoint(folder) == folder.last_checkpoint
    folder.last_checkpoint.unlink()
    assert newest_checkpoint(folder) == auto(folder, 9)
    auto(folder, 9).unlink()
    assert newest_checkpoint(folder) == folder.best_checkpoint
    shutil.rmtree(folder.checkpoints)
    assert newest_checkpoint(folder) is None


def test_a_damaged_last_one_is_named_and_another_offered(tmp_path: Path) -> None:
    recipe = small(training=EVERY)
    whole = train(recipe, tmp_path)
    folder = stopped_at(11, recipe, tmp_path)
    for damage in (lambda data: data[:-100], lambda data: b"", lambda data: data + b"x"):
        intact = folder.last_checkpoint.read_bytes()
        folder.last_checkpoint.write_bytes(damage(intact))
        before = content_of(folder)
        said = refused(train(recipe, tmp_path, folder=folder))
        assert "last.ckpt is damaged" in said
        assert "auto-00000009.ckpt is whole: use --checkpoint auto-00000009.ckpt" in said
        assert content_of(folder) == before
        folder.last_checkpoint.write_bytes(intact)
    folder.last_checkpoint.write_bytes(b"")
    run = train(recipe, tmp_path, begin=Resume(folder, auto(folder, 9)))
    assert run.result.weights_sha256 == whole.result.weights_sha256
    assert same_curves(run, whole)
    assert differences(folder_of(whole), folder) == []


def test_a_run_that_goes_back_does_not_take_its_old_future_for_its_own(tmp_path: Path) -> None:
    """Back to step 6, changed at step 8 and killed at step 10: it goes on from there, and not
    from what it had been at step 21."""
    recipe = small(training=EVERY)
    folder = folder_of(train(recipe, tmp_path))
    lower = asks({"optimizer.lr": 1e-5})

    Stepped({8: lower, 10: kill}).run(recipe, tmp_path, Resume(folder, auto(folder, 6)))
    set_aside = {path.stem for path in (folder.checkpoints / "later").iterdir()}
    assert {"last", "auto-00000021", "auto-00000009"} <= set_aside
    assert all(found.batch <= 9 for found in list_checkpoints(folder))
    assert newest_checkpoint(folder) == auto(folder, 9)
    run = train(recipe, tmp_path, folder=folder)
    changed = Stepped({8: lower}).run(recipe, tmp_path)
    assert run.result.weights_sha256 == changed.result.weights_sha256
    points = read_metrics(folder.path).series("train_loss").since()
    assert points["step"].tolist() == list(range(1, 22))


def test_without_a_checkpoint_it_begins_anew_in_its_folder(tmp_path: Path) -> None:
    recipe = small()
    whole = Stepped({5: asks({"optimizer.lr": 1e-4})}).run(recipe, tmp_path)
    folder = whole.folder
    shutil.rmtree(folder.checkpoints)
    folder.summary_file.unlink()
    run = train(recipe, tmp_path, folder=folder)
    assert run.result.run == folder.path
    assert run.result.weights_sha256 == whole.result.weights_sha256
    assert len(read_interventions(folder.path)) == 1


def test_a_recipe_that_was_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    for sections, path in (
        ({"optimizer": {"lr": 0.5}}, "optimizer.lr"),
        ({"training": {"batch_size": 16}}, "training.batch_size"),
        ({"architecture": {"hidden": [8]}}, "architecture.hidden"),
    ):
        before = content_of(folder)
        said = refused(train(small(**sections), tmp_path, folder=folder))
        assert path in said
        assert "fork the run" in said
        assert content_of(folder) == before


def test_settings_that_change_no_number_may_be_changed(tmp_path: Path) -> None:
    whole = train(small(), tmp_path)
    folder = stopped_at(11, small(), tmp_path)
    recipe = small(training={"keep_checkpoints": 1, "checkpoint_every_steps": 2,
                             "when_not_saved": "pause"})  # fmt: skip
    run = train(recipe, tmp_path, folder=folder)
    assert run.result.weights_sha256 == whole.result.weights_sha256


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    other = stopped_at(5, small(training={"seed": 9}), tmp_path)
    before = content_of(folder)
    run = train(small(), tmp_path, begin=Resume(folder, other.last_checkpoint))
    assert "was made with other settings: training.seed" in refused(run)
    assert content_of(folder) == before


def test_the_interventions_belong_to_the_recipe(tmp_path: Path) -> None:
    """Their values are in the checkpoint, and not in recipe.yaml: that is no change of it."""
    changes = {"optimizer.lr": 1e-4, "training.freeze": ["1"], "training.epochs": 4}
    folder = Stepped({5: asks(changes), 9: stop}).run(small(), tmp_path).folder
    assert train(small(), tmp_path, folder=folder).result.status == "finished"


def test_data_that_changed_is_refused(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    environment = {**folder.environment(), "dataset_fingerprint": "another"}
    folder.write_json(folder.environment_file, environment)
    for begin in (Resume(folder), Replay(folder), Fork(folder, folder.last_checkpoint)):
        assert "data is not the same" in refused(train(small(), tmp_path, begin=begin))
    assert len(list(tmp_path.iterdir())) == 1


def test_two_trainings_of_one_run_are_refused(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    lock = RunLock(folder)
    lock.take()
    before = content_of(folder)
    for begin in (Resume(folder), Extend(folder, 1)):
        assert "is being trained by another process" in refused(
            train(small(), tmp_path, begin=begin)
        )
    assert content_of(folder) == before
    lock.give_back()
    assert train(small(), tmp_path, folder=folder).result.status == "finished"


def test_a_run_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    run = train(small(), tmp_path, folder=RunFolder(tmp_path / "gone"))
    assert "gone cannot be written: No such file" in refused(run)
    assert not (tmp_path / "gone").exists()


def test_leftovers_of_a_crash_are_swept(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    for place in (folder.path, folder.checkpoints):
        (place / ".writing-something-abc").write_bytes(b"half")
    train(small(), tmp_path, folder=folder)
    assert not list(folder.path.rglob(".writing-*"))


# --- What a stranger wrote -----------------------------------------------------------------------


def test_a_checkpoint_with_code_in_it_is_refused_and_does_nothing(tmp_path: Path) -> None:
    proof = tmp_path / "proof"

    class Harmful:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {proof}",)

    folder = stopped_at(11, small(), tmp_path / "runs")
    before = content_of(folder)
    written = {
        "torch": lambda path: torch.save({"state_dict": Harmful()}, path),
        "old torch": lambda path: torch.save(Harmful(), path, _use_new_zipfile_serialization=False),
        "pickle": lambda path: path.write_bytes(pickle.dumps(Harmful())),
    }
    for kind, write in written.items():
        path = folder.checkpoints / "given.ckpt"
        write(path)
        for begin in (Resume(folder, path), Fork(folder, path)):
            said = refused(train(small(), tmp_path / "runs", begin=begin))
            assert "given.ckpt is damaged" in said, kind
            assert "weights_only" not in said
        path.unlink()
    assert not proof.exists()
    assert content_of(folder) == before


@pytest.mark.parametrize("content", [{}, [], 3, {"state_dict": {}}, {"callbacks": 5}], ids=str)
def test_a_checkpoint_of_another_program_is_named(tmp_path: Path, content: object) -> None:
    path = tmp_path / "checkpoints" / "other.ckpt"
    path.parent.mkdir()
    torch.save(content, path)
    with pytest.raises(ProblemError, match="not a checkpoint of this program"):
        load_checkpoint(path)


def test_one_that_lightning_wrote_by_itself_is_named(tmp_path: Path) -> None:
    class Toy(pl.LightningModule):
        def configure_optimizers(self) -> None:
            return None

    trainer = pl.Trainer(logger=False, enable_checkpointing=False, accelerator="cpu")
    trainer.strategy.connect(Toy())
    path = tmp_path / "checkpoints" / "other.ckpt"
    trainer.save_checkpoint(path)
    with pytest.raises(ProblemError, match="not a checkpoint of this program"):
        load_checkpoint(path)
