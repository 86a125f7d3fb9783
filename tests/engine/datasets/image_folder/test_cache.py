"""Decoded once: the cache is found again, made anew when it must be, and never half there."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.base import Splits, silent
from engine.datasets.image_folder import cache, cachefolder, decoding, reading
from engine.problems import Problem, ProblemError
from tests.engine.datasets.image_folder.photos import class_folders, folder, picture


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return class_folders(tmp_path / "photos", {"cat": 40, "dog": 40})


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def build(photos: Path, data_dir: Path, progress=silent, **options: object) -> Splits:
    return folder(photos, **options).build(data_dir, progress)


def files(data_dir: Path) -> list[str]:
    return sorted(path.suffix for path in data_dir.rglob("*") if path.is_file())


def pixels(splits: Splits) -> bytes:
    return b"".join(part.inputs.numpy().tobytes() for part in splits.named().values())


def refuse_to_decode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "decode", lambda path, spec: pytest.fail(f"decoded {path}"))


def problem(photos: Path, data_dir: Path, **options: object) -> Problem:
    with pytest.raises(ProblemError) as caught:
        build(photos, data_dir, **options)
    (found,) = caught.value.problems
    assert found.hint
    return found


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_the_second_time_nothing_is_decoded(storage, photos, data_dir, monkeypatch):
    first = build(photos, data_dir, storage=storage)
    refuse_to_decode(monkeypatch)
    assert pixels(build(photos, data_dir, storage=storage)) == pixels(first)


def test_memory_and_disk_hold_the_same(photos, data_dir):
    options = {"subset": 60, "split_seed": 3}
    memory = build(photos, data_dir, storage="memory", **options)
    disk = build(photos, data_dir, storage="disk", **options)
    assert pixels(memory) == pixels(disk)
    for name, part in memory.named().items():
        assert part.targets.equal(disk.named()[name].targets)
        assert part.inputs.is_contiguous()
    assert memory.preprocess.mean.equal(disk.preprocess.mean)


def test_the_disk_is_taken_when_memory_is_short(photos, data_dir, monkeypatch):
    from engine.datasets.image_folder import holding

    build(photos, data_dir)
    assert files(data_dir) == [".json", ".npy"]
    monkeypatch.setattr(holding, "MOST_OF_FREE", 1e-12)
    build(photos, data_dir)
    assert files(data_dir) == [".json", ".npy", ".npy"]


def test_another_split_decodes_nothing(photos, data_dir, monkeypatch):
    first = build(photos, data_dir)
    refuse_to_decode(monkeypatch)
    other = build(photos, data_dir, split_seed=1, val_fraction=0.3)
    assert pixels(other) != pixels(first)
    build(photos, data_dir, split_seed=1, storage="disk")


@pytest.mark.parametrize(
    "option",
    [{"size": 8}, {"resize": "pad"}, {"color": "rgb"}, {"zoom": 1.5}, {"interpolation": "bicubic"}],
)
def test_other_options_have_a_cache_of_their_own(option, photos, data_dir, monkeypatch):
    build(photos, data_dir)
    build(photos, data_dir, **option)
    assert files(data_dir).count(".npy") == 2
    refuse_to_decode(monkeypatch)
    build(photos, data_dir)
    build(photos, data_dir, **option)


def test_a_changed_picture_is_decoded_again(photos, data_dir):
    before = build(photos, data_dir, storage="memory")
    picture(photos / "cat" / "000.png", 255)
    os.utime(photos / "cat" / "000.png", (1e9, 1e9))
    after = build(photos, data_dir, storage="memory")
    assert max(part.inputs.max() for part in before.named().values()) == 40
    assert max(part.inputs.max() for part in after.named().values()) == 255


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_a_folder_that_changes_during_training_changes_nothing(storage, photos, data_dir):
    splits = build(photos, data_dir, storage=storage)
    before = pixels(splits)
    picture(photos / "cat" / "000.png", 255)
    picture(photos / "cat" / "new.png", 255)
    (photos / "dog" / "001.png").unlink()
    assert pixels(splits) == before
    again = build(photos, data_dir, storage=storage)
    assert again.facts.samples == 80
    assert pixels(again) != before


class CancelledError(Exception):
    """What a progress may raise."""


@pytest.mark.parametrize("at", [0.0, 0.4])
def test_cancelling_leaves_nothing_broken(at, photos, data_dir, monkeypatch):
    monkeypatch.setattr(cache, "_TOLD_EVERY", 0.0)
    monkeypatch.setattr(reading, "CHUNK", 4)

    def cancel(_message: str, fraction: float | None) -> None:
        if fraction is not None and fraction >= at:
            raise CancelledError

    with pytest.raises(CancelledError):
        build(photos, data_dir, cancel)
    assert files(data_dir) == []
    assert len(build(photos, data_dir).train) > 0


def test_threads_that_are_no_longer_wanted_end_within_a_picture(photos, monkeypatch):
    given: list[threading.Event] = []
    decode_chunk = reading._decode_chunk

    def note(*arguments):
        given.append(arguments[-1])
        return decode_chunk(*arguments)

    monkeypatch.setattr(reading, "_decode_chunk", note)
    files, spec = ["cat/000.png"] * 9, decoding.Spec(1, 4, "crop")
    chunks = reading.decoded_in_order(photos, files, spec)
    next(chunks)
    chunks.close()
    assert given[0].is_set()
    refuse_to_decode(monkeypatch)
    decode_chunk(photos, 0, files, spec, given[0])


def test_cancelling_while_arranging_leaves_nothing_broken(photos, data_dir):
    def cancel(message: str, _fraction: float | None) -> None:
        if message.startswith("Arranging"):
            raise InterruptedError("nobody is waiting")

    with pytest.raises(InterruptedError):
        build(photos, data_dir, cancel, storage="disk")
    assert files(data_dir) == [".json", ".npy"]


def test_progress_counts_up_and_names_the_folder(photos, data_dir, monkeypatch):
    monkeypatch.setattr(cache, "_TOLD_EVERY", 0.0)
    monkeypatch.setattr(reading, "CHUNK", 10)
    told: list[tuple[str, float | None]] = []
    build(photos, data_dir, lambda *news: told.append(news))
    fractions = [part for message, part in told if message == "Reading 80 pictures in photos"]
    assert fractions == [number / 8 for number in range(9)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-1000]),
        lambda file: file.with_suffix(".json").write_text("{"),
        lambda file: file.with_suffix(".json").write_text("[]"),
        lambda file: file.with_suffix(".json").write_text('{"unreadable": {"a": 1}}'),
        lambda file: file.with_suffix(".json").unlink(),
        lambda file: np.save(file, np.zeros((80, 1, 3, 3), np.uint8)),
        lambda file: np.save(file, np.array([{"a": 1}]), allow_pickle=True),
    ],
)
def test_a_damaged_cache_is_made_again(damage, photos, data_dir):
    first = pixels(build(photos, data_dir))
    (file,) = data_dir.rglob("*.npy")
    damage(file)
    assert pixels(build(photos, data_dir)) == first


def test_a_picture_that_changes_while_it_is_read(photos, data_dir, monkeypatch):
    def meddle(path: Path, spec: decoding.Spec) -> np.ndarray:
        if path.name == "003.png":
            picture(photos / "dog" / "007.png", (1, 2, 3), (30, 30))
        return decoding.decode(path, spec)

    monkeypatch.setattr(reading, "decode", meddle)
    found = problem(photos, data_dir)
    assert found.sentence == (
        "1 pictures changed while they were being read, the first: dog/007.png"
    )
    assert files(data_dir) == []


def test_a_picture_that_goes_after_it_was_listed(photos, data_dir, monkeypatch):
    dataset = folder(photos)
    survey = dataset.survey()
    (photos / "dog" / "007.png").unlink()
    monkeypatch.setattr(type(dataset), "survey", lambda self, exact=False: survey)
    with pytest.raises(ProblemError, match=r"the first: dog/007\.png"):
        dataset.build(data_dir)


def test_a_full_disk(photos, data_dir, monkeypatch):
    full = OSError(errno.ENOSPC, "No space left on device")

    def write(out, content, file):
        raise ProblemError(cachefolder.problems.not_written(file.parent, full))

    monkeypatch.setattr(cachefolder, "write", write)
    assert "cannot be written: No space left" in problem(photos, data_dir).sentence
    assert files(data_dir) == []


def test_writing_says_what_the_disk_says(tmp_path):
    class Full:
        def write(self, content: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ProblemError, match="No space left"):
        cachefolder.write(Full(), b"x", tmp_path / "a.npy")


def test_too_little_room_is_said_before(photos, data_dir, monkeypatch):
    monkeypatch.setattr(cachefolder.shutil, "disk_usage", lambda path: type("", (), {"free": 100}))
    found = problem(photos, data_dir, storage="disk")
    assert "are free" in found.sentence
    assert files(data_dir) == []


def test_a_file_that_is_given_back_is_read_again(photos, data_dir, monkeypatch):
    def withhold(path: Path, spec: decoding.Spec) -> np.ndarray:
        if path.name == "003.png" and path.parent.name == "cat":
            raise decoding.NotReadError("permission denied", passing=True)
        return decoding.decode(path, spec)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "decode", withhold)
        assert build(photos, data_dir).facts.samples == 79
        patch.setattr(cache.os, "access", lambda path, mode: False)
        patch.setattr(reading, "decode", lambda path, spec: pytest.fail("decoded"))
        assert build(photos, data_dir).facts.samples == 79
    assert build(photos, data_dir).facts.samples == 80


def test_old_caches_and_unfinished_files_go(photos, data_dir, tmp_path):
    other = class_folders(tmp_path / "other", {"cat": 2, "dog": 2})
    build(other, data_dir)
    for old in data_dir.rglob("*.npy"):
        os.utime(old, (time.time() - 40 * 86_400,) * 2)
    for size in range(4, 11):
        build(photos, data_dir, size=size)
    (inside,) = (data_dir / "cache" / "images").iterdir()
    assert inside.name.startswith("photos-")
    assert files(data_dir) == [".json"] * 4 + [".npy"] * 4
    (inside / ".x.npy.1234.part").touch()
    os.utime(inside / ".x.npy.1234.part", (1, 1))
    (inside / ".y.npy.1234.part").touch()
    build(photos, data_dir, size=20)
    assert {path.name for path in inside.glob(".*")} == {".y.npy.1234.part"}


def test_the_name_of_a_cache_is_plain(tmp_path):
    for name in ("été à la mer", "...", "a" * 100, "日本"):
        inside = cachefolder.of(tmp_path, Path("/x") / name)
        assert inside.parent == tmp_path
        assert inside.name.isascii()
        assert len(inside.name) < 60
    assert cachefolder.of(tmp_path, Path("/a/b")) != cachefolder.of(tmp_path, Path("/c/b"))


def test_a_newer_pillow_decodes_again(photos, data_dir, monkeypatch):
    build(photos, data_dir)
    monkeypatch.setattr(cache.PIL, "__version__", "99")
    build(photos, data_dir)
    assert len(list(data_dir.rglob("*.json"))) == 2
