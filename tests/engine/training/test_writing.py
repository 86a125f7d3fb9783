"""The thread that writes checkpoints: in order, again after a failure, never dead."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.runs.checkpointfile import Stamp, read_stamp, verified
from engine.training.writing import CheckpointWriter, HandingCheckpointIO, Job


class FakeKeeper:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def failed(self, what: str, error: OSError) -> None:
        self.told.append(f"{what} failed: {error.strerror}")

    def worked(self, what: str) -> None:
        self.told.append(f"{what} worked")

    def restore_if_gone(self) -> bool:
        return False


class Writing:
    """A writer with its surroundings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkpoints"
        self.folder.mkdir()
        self.keeper = FakeKeeper()
        self.written: list[str] = []
        self.after: list[Exception] = []
        self.gate = threading.Event()
        self.gate.set()
        self.writer = CheckpointWriter(self.keeper, self._before, self._written)  # type: ignore[arg-type]
        self.writer.start()

    def _before(self) -> None:
        self.gate.wait()

    def _written(self, job: Job) -> None:
        self.written.append(f"{job.path.stem} {job.stamp.step}")
        if self.after:
            raise self.after.pop()

    def save(self, name: str, step: int) -> Job:
        buffer = io.BytesIO()
        torch.save({"step": step}, buffer)
        stamp = Stamp(step, step, 0.0, "auto", "", "")
        job = Job(self.folder / f"{name}.ckpt", buffer.getvalue(), stamp)
        self.writer.submit(job)
        return job

    def step_of(self, name: str) -> int | None:
        stamp = read_stamp(self.folder / f"{name}.ckpt")
        return None if stamp is None else stamp.step

    def block(self, name: str) -> Path:
        """A folder in the place of a file: it cannot be replaced."""
        path = self.folder / f"{name}.ckpt"
        path.mkdir()
        return path


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writing]:
    monkeypatch.setattr("engine.training.writing.RETRY", 1000.0)
    writing = Writing(tmp_path)
    yield writing
    writing.gate.set()
    writing.writer.end()
    assert not writing.writer.is_alive()


def test_all_is_written_in_order_and_whole(writing: Writing) -> None:
    jobs = [writing.save(name, step) for step, name in enumerate(["a", "b", "a", "c", "a"])]
    writing.writer.drain()
    assert writing.written == ["a 0", "b 1", "a 2", "c 3", "a 4"]
    assert [job.done.result(0) for job in jobs] == [None] * 5
    assert (writing.step_of("a"), writing.step_of("b")) == (4, 1)
    verified(writing.folder / "a.ckpt")
    assert writing.writer.unwritten == ()


def test_ending_writes_what_waits(writing: Writing) -> None:
    writing.gate.clear()
    writing.save("a", 1)
    writing.save("b", 2)
    threading.Timer(0.05, writing.gate.set).start()
    writing.writer.end()
    assert writing.written == ["a 1", "b 2"]
    writing.writer.end()
    writing.writer.drain()


def test_a_disk_that_is_slow_holds_the_training_up_before_memory_is_full(
    writing: Writing,
) -> None:
    writing.gate.clear()
    submitted: list[int] = []

    def submit() -> None:
        for step in range(6):
            writing.save("a", step)
            submitted.append(step)

    training = threading.Thread(target=submit)
    training.start()
    training.join(0.3)
    assert len(submitted) <= 3  # one in the writer's hands, two that wait
    writing.gate.set()
    training.join(10)
    assert len(submitted) == 6


def test_what_failed_is_kept_in_its_latest_state_and_tried_again(writing: Writing) -> None:
    best, last = writing.block("best"), writing.block("last")
    jobs = [writing.save(name, step) for name, step in
            (("best", 1), ("last", 1), ("last", 2), ("auto", 3))]  # fmt: skip
    writing.writer.drain()
    for job in jobs[:3]:
        with pytest.raises(IsADirectoryError):
            job.done.result(0)
    assert jobs[3].done.result(0) is None
    assert set(writing.writer.unwritten) == {best, last}
    assert not any("worked" in told for told in writing.keeper.told)
    best.rmdir()
    writing.writer._try_again()
    assert writing.step_of("best") == 1
    assert not any("worked" in told for told in writing.keeper.told)  # last still fails
    last.rmdir()
    writing.writer.end()
    assert (writing.step_of("best"), writing.step_of("last")) == (1, 2)
    assert writing.keeper.told[-1] == "Checkpoints worked"
    assert writing.writer.unwritten == ()


def test_a_newer_state_replaces_one_that_failed(writing: Writing) -> None:
    last = writing.block("last")
    writing.save("last", 1)
    writing.writer.drain()
    last.rmdir()
    writing.save("last", 2)
    writing.writer.end()
    assert writing.written == ["last 2"]
    assert writing.step_of("last") == 2


def test_an_older_file_is_intact_while_its_successor_cannot_be_written(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing.save("last", 1)
    writing.writer.drain()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("engine.runs.atomic.os.fsync", full)
        writing.save("last", 2)
        writing.writer.drain()
        assert writing.step_of("last") == 1
        verified(writing.folder / "last.ckpt")
        assert [path.name for path in writing.folder.iterdir()] == ["last.ckpt"]
    writing.writer.end()
    assert writing.step_of("last") == 2


def test_what_a_closed_folder_left_behind_is_swept(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed in the middle of writing: neither can the file be renamed, nor its half deleted."""

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr("engine.runs.atomic.os.replace", refused)
        patch.setattr("engine.runs.atomic.os.unlink", refused)
        writing.save("last", 1)
        writing.writer.drain()
    assert {path.name[:9] for path in writing.folder.iterdir()} == {".writing-"}
    writing.writer.end()
    assert [path.name for path in writing.folder.iterdir()] == ["last.ckpt"]


def test_a_checkpoint_that_is_none_does_not_end_the_thread(writing: Writing) -> None:
    broken = Job(writing.folder / "a.ckpt", b"no archive", Stamp(1, 1, 0.0, "auto", "", ""))
    writing.writer.submit(broken)
    with pytest.raises(ValueError, match="Not a zip"):
        broken.done.result(10)
    assert writing.save("b", 2).done.result(10) is None


def test_older_ones_that_cannot_be_deleted_do_not_end_the_thread(writing: Writing) -> None:
    writing.after = [PermissionError(13, "Permission denied")]
    assert writing.save("a", 1).done.result(10) is None
    assert writing.save("b", 2).done.result(10) is None


def test_a_deleted_folder_of_checkpoints_is_made_again(writing: Writing) -> None:
    writing.folder.rmdir()
    assert writing.save("a", 1).done.result(10) is None
    assert writing.step_of("a") == 1


# --- Lightning's door ----------------------------------------------------------------------------


def test_what_is_saved_is_handed_on_as_bytes_of_that_moment(tmp_path: Path) -> None:
    handed: list[tuple[Path, bytes]] = []
    door = HandingCheckpointIO(lambda path, data: handed.append((path, data)))
    weights = torch.zeros(3)
    door.save_checkpoint({"weights": weights}, tmp_path / "a.ckpt")
    weights += 1
    ((path, data),) = handed
    assert path == tmp_path / "a.ckpt"
    assert not path.exists()
    assert torch.load(io.BytesIO(data), weights_only=True)["weights"].sum() == 0


def test_what_was_loaded_is_given_once() -> None:
    door = HandingCheckpointIO(lambda _path, _data: None)
    content = {"a": 1}
    door.loaded = content
    assert door.load_checkpoint("whatever") is content
    with pytest.raises(RuntimeError, match="No checkpoint"):
        door.load_checkpoint("whatever")
