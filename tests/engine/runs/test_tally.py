"""The tally of a metrics file: furthest, latest, best; continued where it left off."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.runs import tally as module
from engine.runs.folder import RunFolder
from engine.runs.metricfile import RECORD
from engine.runs.tally import Tally, tally_of
from tests.engine.runs.made import make, train


def test_furthest_latest_and_best(tmp_path: Path) -> None:
    run = make(tmp_path)
    train(run, [5, 10, 15], {"val_loss": [0.5, 0.25, 0.25], "val_accuracy": [0.5, 0.9, 0.7]})
    found = tally_of(run.path)
    assert (found.step, found.epoch, found.seconds) == (15, 1.5, 0.15)
    assert found.last == {"val_loss": 0.25, "val_accuracy": 0.7}
    assert found.best == {"val_loss": (0.25, 10), "val_accuracy": (0.9, 10)}
    assert Tally.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_no_number_is_never_the_best_and_an_unknown_metric_has_none(tmp_path: Path) -> None:
    run = make(tmp_path)
    nan = float("nan")
    train(run, [1, 2, 3], {"val_loss": [nan, 0.5, nan], "val_odd": [1, 2, 3], "val_r2": [nan]})
    found = tally_of(run.path)
    assert found.best == {"val_loss": (0.5, 2)}
    assert found.last["val_loss"] != found.last["val_loss"]
    assert found.last["val_odd"] == 3


@pytest.mark.parametrize("content", [None, b"", b"x" * (RECORD.itemsize - 1)])
def test_nothing_whole_is_an_empty_tally(tmp_path: Path, content: bytes | None) -> None:
    run = make(tmp_path, steps=3)
    path = run.path / "metrics.bin"
    path.unlink() if content is None else path.write_bytes(content)
    assert tally_of(run.path) == Tally()
    (run.path / "metrics.json").write_text("[")
    assert tally_of(run.path) == Tally()


def test_only_what_is_new_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make(tmp_path, steps=100)
    before = tally_of(run.path)
    sizes: list[int] = []
    add = module._add
    monkeypatch.setattr(
        module, "_add", lambda t, data, names: sizes.append(len(data)) or add(t, data, names)
    )
    assert tally_of(run.path, before) == before
    train(run, [101])
    assert tally_of(run.path, before).step == 101
    assert sizes == [RECORD.itemsize]


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(
        st.tuples(
            st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=1, max_size=4),
            st.floats(0, 1),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_continued_equals_anew(
    parts: list[tuple[list[float], float, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Points are added and the file is cut back, with a look in between or without."""
    run: RunFolder = make(tmp_path_factory.mktemp("runs"))
    step, so_far = 1, None
    for values, cut, look in parts:
        steps = range(step, step + len(values))
        train(run, steps, {"val_loss": values, "val_accuracy": values[::-1]})
        step = steps.stop
        if look:
            so_far = tally_of(run.path, so_far)
        if cut < 0.3:
            path = run.path / "metrics.bin"
            os.truncate(path, int(path.stat().st_size * cut))
            whole = path.stat().st_size // RECORD.itemsize * RECORD.itemsize
            os.truncate(path, whole)
            step += 1000  # what is written anew is not what was there
    assert repr(tally_of(run.path, so_far)) == repr(tally_of(run.path))
