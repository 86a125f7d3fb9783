"""The dataset of a person's own file: run apart, only when allowed, with problems for mistakes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import consent, paths
from engine.consent import NotAllowed
from engine.datasets.python import PythonFile
from engine.datasets.python.kept import Kept
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.environment import fingerprint

TABLE = """
import numpy as np
def datasets(n=40, columns=3):
    print("printed by the file")
    random = np.random.default_rng(0)
    x = random.normal(size=(n, columns)).astype("float32")
    return x, (x[:, 0] > 0).astype(int)
"""

Make = Callable[..., PythonFile]


@pytest.fixture
def own(tmp_path: Path) -> Make:
    """A dataset of a file with this content, which is allowed unless it is said."""

    def make(content: str, allow: bool = True, **options: object) -> PythonFile:
        path = tmp_path / "mein Übung.py"
        path.write_text(content, encoding="utf-8")
        if allow:
            consent.allow(path, consent.read(path, "x").sha256)
        return PythonFile(path=str(path), **options)

    return make


def problem_of(dataset: PythonFile) -> Problem:
    with pytest.raises(ProblemError) as caught:
        dataset.facts()
    (problem,) = caught.value.problems
    return problem


def test_a_file_that_is_not_allowed_does_not_run(own, tmp_path):
    trace = tmp_path / "was here"
    dataset = own(f"open({str(trace)!r}, 'w')", allow=False)
    assert isinstance(problem_of(dataset), NotAllowed)
    with pytest.raises(ProblemError, match="nobody has allowed"):
        dataset.build(tmp_path)
    with pytest.raises(ProblemError, match="nobody has allowed"):
        Recipe.parse({"version": 1, "dataset": dataset.model_dump(), "architecture": "mlp"})
    assert not trace.exists()


def test_a_changed_file_is_not_allowed_any_more(own):
    dataset = own(TABLE)
    assert dataset.facts().samples == 40
    Path(dataset.path).write_text(TABLE + "#")
    assert isinstance(problem_of(dataset), NotAllowed)


def test_one_dataset_is_cut_in_three(own, tmp_path, capfd):
    dataset = own(TABLE, arguments=["n=100", "columns=2"], split_seed=3)
    facts = dataset.facts()
    assert (facts.kind, facts.shape, facts.task) == ("table", (2,), "classes")
    assert facts.features == ("x1", "x2")
    splits = dataset.build(tmp_path)
    assert [len(part) for part in splits.named().values()] == [72, 13, 15]
    assert splits.train.inputs.dtype == torch.float32
    assert fingerprint(dataset.build(tmp_path)) == fingerprint(splits)
    out, err = capfd.readouterr()
    assert not out
    assert "printed by the file" in err


def test_what_the_file_does_to_random_states_is_not_noticed(own, tmp_path):
    states = (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state())
    code = """
import random, numpy as np
def load():
    x = np.random.rand(30, 2)
    return x, np.array([random.random() for _ in x])
"""
    dataset = own(code)
    first, again = dataset.build(tmp_path), dataset.build(tmp_path)
    assert fingerprint(first) == fingerprint(again)
    assert first.facts.task == "regression"
    assert first.preprocess.target_mean is not None
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])


def test_parts_that_are_given_stay(own, tmp_path):
    code = """
import numpy as np
def part(n, start):
    x = np.zeros((n, 6, 5, 3), "uint8"); x[..., 1] = start + np.arange(n)[:, None, None]
    return x, np.arange(n) % 2
def datasets():
    return {"train": part(20, 0), "val": part(6, 100), "test": part(8, 200)}
"""
    splits = own(code).build(tmp_path)
    assert splits.facts.shape == (3, 6, 5)
    assert splits.facts.official_test == 8
    assert splits.train.inputs.dtype == torch.uint8
    assert splits.val.inputs[:, 1, 0, 0].tolist() == list(range(100, 106))
    assert splits.test.inputs[:, 1, 5, 4].tolist() == list(range(200, 208))
    assert splits.train.inputs[:, 0].max() == 0
    fewer = own(code, subset=20).build(tmp_path)
    assert sum(map(len, fewer.named().values())) == 20


def test_train_and_test_of_torch_datasets(own, tmp_path):
    code = """
import torch
from torch.utils.data import Dataset
class Squares(Dataset):
    classes = ["low", "high"]
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i):
        return torch.full((1, 4, 4), float(i)), int(i >= self.n // 2)
def datasets():
    return Squares(20), Squares(10)
"""
    splits = own(code).build(tmp_path)
    assert splits.facts.targets == ("low", "high")
    assert [len(part) for part in splits.named().values()] == [17, 3, 10]
    assert splits.test.inputs[:, 0, 2, 2].tolist() == list(range(10))


def test_series_are_normalised_by_channel(own, tmp_path):
    code = """
import numpy as np
def datasets():
    x = np.zeros((30, 7, 2), "float32"); x[..., 1] = np.arange(30)[:, None]
    return x, np.arange(30) % 3
"""
    splits = own(code).build(tmp_path)
    assert (splits.facts.kind, splits.facts.shape) == ("series", (7, 2))
    assert splits.preprocess.mean.shape == (2,)
    assert splits.preprocess(splits.train.inputs)[..., 1].mean().abs() < 1e-5


@pytest.mark.parametrize(
    ("code", "sentence", "hint"),
    [
        ("x = 1\ny = 1 / 0\n", "line 2: ZeroDivisionError: division by zero", "own-code.log"),
        ("def f(:\n", "line 1: SyntaxError", "mend the file"),
        ("import neighbour\n", "ModuleNotFoundError", "neighbour lies beside"),
        ("import no_such_thing\n", "ModuleNotFoundError", "install no_such_thing"),
        ("raise SystemExit(3)\n", "line 1: SystemExit: 3", "mend the file"),
        ("import os\nos._exit(9)\n", "ended the process in which it ran, with status 9", "printed"),
        ("def a(): pass\ndef b(): pass\n", "has 2 functions", "a, b"),
        ("def a(n): pass\n", "TypeError", "dataset.arguments"),
        ("def a(): return 3\n", "returned a int", "return (train, val, test)"),
        ("x = 1\n", "has 0 functions", "define 'datasets'"),
    ],
)
def test_mistakes_are_problems(code, sentence, hint, own, tmp_path):
    (tmp_path / "neighbour.py").write_text("")
    problem = problem_of(own(code))
    assert problem.path == "dataset.path"
    assert sentence in problem.sentence
    assert "\n" not in problem.sentence
    assert hint in problem.hint


def test_what_runs_is_what_is_read(own, tmp_path):
    """A file may say that it is to be read in a code in which a comment is more than that."""
    sly = "# coding: utf-7\n# +AAo-open({path!r}, 'w')\n" + TABLE
    trace = tmp_path / "was here"
    assert own(sly.format(path=str(trace))).facts().samples == 40
    assert not trace.exists()
    path = tmp_path / "bytes.py"
    path.write_bytes(b"# \xff\n" + TABLE.encode())
    consent.allow(path, consent.read(path, "x").sha256)
    assert "bytes.py is not UTF-8" in problem_of(PythonFile(path=str(path))).sentence


def test_a_file_runs_as_python_runs_it(own):
    """No future feature that this program uses is turned on in it."""
    check = "def annotated(n: int): pass\nassert annotated.__annotations__['n'] is int\n"
    assert own(check + TABLE, function="datasets").facts().samples == 40


def test_the_traceback_is_kept(own):
    problem_of(own("def a():\n    raise ValueError('so\\nmany lines')\n"))
    assert "Traceback" in (paths.home() / "own-code.log").read_text()


def test_arguments_and_functions_that_are_not_there(own):
    assert "'n' is no argument" in problem_of(own(TABLE, arguments=["n"])).sentence
    assert "no function 'other'" in problem_of(own(TABLE, function="other")).sentence
    assert "No file is chosen" in problem_of(PythonFile()).sentence


def test_what_progress_raises_ends_the_process(own, tmp_path):
    class CancelledError(Exception):
        pass

    def cancel(words: str, fraction: float | None) -> None:
        if fraction is not None:
            raise CancelledError

    code = """
import time
class Slow:
    def __len__(self): return 1000
    def __getitem__(self, i):
        time.sleep(0.05)
        return [float(i)], i % 2
def datasets():
    return Slow()
"""
    with pytest.raises(CancelledError):
        own(code).build(tmp_path, cancel)


def test_a_failure_is_asked_about_again_after_a_moment():
    now, asked = [0.0], []

    def fail() -> Facts:
        asked.append(now[0])
        raise ProblemError(Problem("dataset.path", "no data", ""))

    kept = Kept(clock=lambda: now[0])
    for now[0] in (1.0, 1.5, 9.0):
        with pytest.raises(ProblemError, match="no data"):
            kept.facts("key", fail)
    assert asked == [1.0, 9.0]
