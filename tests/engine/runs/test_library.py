"""The library: what it remembers is what a look at all folders would find, whatever happened."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.problems import ProblemError
from engine.runs import library as module
from engine.runs.folder import RunFolder
from engine.runs.library import Library, describe_run, list_runs
from tests.engine.runs.made import NOBODY, end, make, myself, train, write


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the runs that are read from now on."""
    names: list[str] = []
    describe = module.describe
    monkeypatch.setattr(module, "describe", lambda f, t: (names.append(f.name), describe(f, t))[1])
    return names


def test_only_what_changed_is_read_again(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = make(runs, "a", status="finished"), make(runs, "b", steps=3)
    first = Library(runs)
    assert first.cached() == []
    names = read(monkeypatch)
    assert first.refresh() == list_runs(runs)
    assert names == ["a", "b"]
    again = Library(runs)
    assert again.cached() == first.cached() == list_runs(runs)
    names.clear()
    assert again.refresh() == first.refresh()
    assert names == []
    train(b, [4])
    again.mark(a, note="x")
    names.clear()
    assert [info.steps for info in again.refresh()] == [0, 4]
    assert names == ["b"]
    shutil.rmtree(b.path)
    (runs / "c").mkdir()
    assert [info.name for info in again.refresh()] == ["a"]
    assert [info.name for info in Library(runs).cached()] == ["a"]


def test_a_process_that_dies_is_noticed_without_a_change(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(runs, environment=myself(), steps=3)
    library = Library(runs)
    assert library.refresh()[0].state == "running"
    monkeypatch.setattr("engine.runs.state._process_lives", lambda _environment: False)
    assert library.refresh()[0].state == "interrupted"
    assert Library(runs).cached()[0].state == "interrupted"


def test_progress_ends_with_all(runs: Path) -> None:
    for number in range(3):
        make(runs, f"run-{number}")
    told: list[tuple[int, int]] = []
    Library(runs).refresh(lambda done, of: told.append((done, of)))
    assert (told[0], told[-1]) == ((0, 3), (3, 3))


def test_no_folder_is_an_empty_library(runs: Path) -> None:
    library = Library(runs)
    assert library.refresh() == library.cached() == []
    make(runs)
    assert len(library.refresh()) == 1
    shutil.rmtree(runs)
    assert library.refresh() == Library(runs).cached() == []


def test_a_relative_folder_has_absolute_paths(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make(runs)
    monkeypatch.chdir(runs.parent)
    assert Library(Path("runs")).refresh()[0].path == run.path


# --- Marks and trash ------------------------------------------------------------------------------


def test_a_mark_is_there_at_once_and_later(runs: Path) -> None:
    run = make(runs, status="finished")
    library = Library(runs)
    library.refresh()
    marked = library.mark(library.cached()[0], title="T", tags=["x", "y"], archived=True)
    assert (marked.title, marked.tags, marked.archived) == ("T", ("x", "y"), True)
    assert library.cached() == Library(runs).cached() == [marked] == [describe_run(run)]
    assert library.mark(run, tags=[]).tags == ()


def test_a_run_of_another_folder_can_be_marked(runs: Path, tmp_path: Path) -> None:
    library = Library(runs)
    elsewhere = make(tmp_path / "other")
    assert library.mark(elsewhere, note="n").note == "n"
    assert library.cached() == []


def test_a_mark_made_during_a_look_is_not_lost(runs: Path) -> None:
    run, gone = make(runs, "a", status="finished"), make(runs, "b", status="finished")
    library = Library(runs)
    library.refresh()

    def meanwhile(done: int, _of: int) -> None:
        if done == 0:  # from another thread: the look goes on in this one
            threads = [threading.Thread(target=library.mark, args=(run,), kwargs={"title": "T"}),
                       threading.Thread(target=library._put, args=(gone.name, None))]  # fmt: skip
            for thread in threads:
                thread.start()
                thread.join()

    assert [info.title for info in library.refresh(meanwhile)] == ["T"]
    shutil.rmtree(gone.path)
    assert library.refresh() == list_runs(runs) == Library(runs).cached()


def test_trash(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("send2trash.send2trash", lambda path: shutil.move(path, tmp_path / "trash"))
    run = make(runs, status="finished")
    library = Library(runs)
    library.trash(library.refresh()[0])
    assert (tmp_path / "trash" / "summary.json").is_file()
    assert not run.path.exists()
    assert library.cached() == Library(runs).cached() == []


def test_a_running_run_is_not_thrown_away(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("send2trash.send2trash", pytest.fail)
    with pytest.raises(ProblemError, match="is running"):
        Library(runs).trash(make(runs, environment=myself()))


def test_without_a_trash_nothing_is_deleted(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("send2trash.send2trash", refuse)
    run = make(runs)
    with pytest.raises(ProblemError, match="cannot be moved to the trash: Permission denied"):
        Library(runs).trash(run)
    assert run.recipe_file.is_file()


# --- Random changes -------------------------------------------------------------------------------


def _begin(run: RunFolder) -> None:
    run.summary_file.unlink(missing_ok=True)
    write(run.environment_file, {**run.environment(), **myself()})


def _die(run: RunFolder) -> None:
    write(run.environment_file, {**run.environment(), **NOBODY})


def _cut_back(run: RunFolder) -> None:
    path = run.path / "metrics.bin"
    if path.exists():
        os.truncate(path, path.stat().st_size // 28 // 2 * 28)


def _learn(run: RunFolder) -> None:
    steps = describe_run(run).steps
    train(run, range(steps + 1, steps + 4), {"val_accuracy": [0.1 * (steps % 7)]})


CHANGES: dict[str, Callable[[RunFolder], object]] = {
    "delete": lambda run: shutil.rmtree(run.path),
    "begin": _begin,
    "die": _die,
    "end": lambda run: end(run, "stopped", describe_run(run).steps),
    "learn": _learn,
    "cut back": _cut_back,
    "rename": lambda run: run.path.rename(run.path.with_name(f"{run.name}'")),
    "export": lambda run: (run.exports.mkdir(exist_ok=True), (run.exports / "m").touch()),
    "spoil": lambda run: run.environment_file.write_text("{"),
    "no run": lambda run: run.recipe_file.unlink(missing_ok=True),
}
OWN = ("make", "mark", "look", "look anew")


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([*CHANGES, *OWN, *OWN]), st.integers(0, 9)), max_size=25
    )
)
def test_the_index_knows_what_a_look_at_everything_finds(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("library")
    runs, index = place / "runs", place / "index.sqlite"
    library = Library(runs, index)
    for number, (what, which) in enumerate(steps):
        folders = sorted(runs.iterdir()) if runs.is_dir() else []
        run = RunFolder(folders[which % len(folders)]) if folders else make(runs, f"run-{number}")
        if what == "make":
            make(runs, f"made-{number}", steps=which, status="finished" if which % 2 else None)
        elif what == "mark":
            library.mark(run, title=str(number), tags=["a"] * which, archived=which % 2 == 0)
        elif what.startswith("look"):
            library = Library(runs, index) if what == "look anew" else library
            library.refresh()
        else:
            CHANGES[what](run)
    cold = Library(runs, place / "cold.sqlite").refresh()
    assert library.refresh() == cold == list_runs(runs)
    index.unlink(missing_ok=True)
    assert Library(runs, index).refresh() == cold
