"""What arrays are taken for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.datasets.python.apart import Loaded, Part
from engine.datasets.python.meaning import aim_of, form_of
from engine.problems import ProblemError


def loaded(inputs: Any, targets: Any, picture: bool = False, classes: tuple[str, ...] = ()):
    return Loaded({"train": Part(np.asarray(inputs), np.asarray(targets), picture, classes)})


@pytest.mark.parametrize(
    ("shape", "dtype", "asked", "kind", "made"),
    [
        ((4, 3, 8, 8), np.float32, "auto", "image", (3, 8, 8)),
        ((4, 9, 8, 3), np.uint8, "auto", "image", (3, 9, 8)),
        ((4, 9, 8), np.uint8, "auto", "image", (1, 9, 8)),
        ((4, 9, 2), np.float64, "auto", "series", (9, 2)),
        ((4, 7), np.int64, "auto", "table", (7,)),
        ((4,), np.float32, "auto", "table", (1,)),
        ((4, 9, 2), np.float32, "table", "table", (18,)),
        ((4, 9, 2), np.float32, "image", "image", (1, 9, 2)),
        ((4, 9), np.float32, "series", "series", (9, 1)),
    ],
)
def test_the_kind_is_told_from_the_shape(shape, dtype, asked, kind, made):
    form = form_of(loaded(np.zeros(shape, dtype), np.zeros(4)), asked)
    assert (form.kind, form.shape) == (kind, made)


def test_a_shape_that_does_not_suit_the_kind_is_a_problem():
    with pytest.raises(ProblemError, match="are no series"):
        form_of(loaded(np.zeros((4, 3, 8, 8)), np.zeros(4)), "series")
    with pytest.raises(ProblemError, match="gaps"):
        form_of(loaded([[np.nan]], [0]), "auto")
    with pytest.raises(ProblemError, match="beyond 1e"):
        form_of(loaded([[1e300]], [0]), "auto")
    with pytest.raises(ProblemError, match="infinite"):
        aim_of(loaded([[0.0]], [1e300]), "regression")


@pytest.mark.parametrize(
    ("targets", "asked", "task", "names"),
    [
        ([0, 1, 1], "auto", "classes", ("0", "1")),
        ([[7], [-1], [7]], "auto", "classes", ("-1", "7")),
        ([True, False, True], "auto", "classes", ("0", "1")),
        (["b", "a", "b"], "auto", "classes", ("a", "b")),
        ([0.0, 1.0, 1.0], "auto", "regression", ("target",)),
        ([0.0, 1.0, 1.0], "classes", "classes", ("0", "1")),
        ([1, 2, 9], "regression", "regression", ("target",)),
        ([[0, 1], [1, 1], [0, 0]], "auto", "multilabel", ("label 1", "label 2")),
        ([[0.5, 1], [1, 1], [0, 0]], "auto", "regression", ("target 1", "target 2")),
    ],
)
def test_the_task_is_told_from_the_targets(targets, asked, task, names):
    aim = aim_of(loaded(np.zeros((3, 2)), targets), asked)
    assert (aim.task, aim.names) == (task, names)
    made = aim.targets["train"]
    assert made.dtype == (np.int64 if task == "classes" else np.float32)
    assert made.ndim == (1 if task == "classes" else 2)


def test_classes_have_the_names_that_the_dataset_gives_them():
    aim = aim_of(loaded(np.zeros((3, 2)), [0, 2, 2], classes=("a", "b", "c")), "auto")
    assert aim.names == ("a", "b", "c")
    assert aim.targets["train"].tolist() == [0, 2, 2]


@pytest.mark.parametrize(
    ("targets", "asked", "words"),
    [
        ([3, 3, 3], "auto", "only one class"),
        ([0.5, 1, 2], "classes", "not whole numbers"),
        ([[1, 2], [3, 4], [5, 6]], "classes", "several targets"),
        ([1, 2, 3], "multilabel", "not only 0 and 1"),
        (["a", "b", "c"], "regression", "are texts"),
        ([np.nan, 1.0, 2.0], "auto", "gaps"),
        (np.zeros((3, 2, 2)), "auto", "shape"),
    ],
)
def test_targets_that_do_not_suit_the_task_are_problems(targets, asked, words):
    with pytest.raises(ProblemError, match=words):
        aim_of(loaded(np.zeros((3, 2)), targets), asked)


def test_a_class_that_was_never_learned_is_a_problem():
    parts = {"train": Part(np.zeros((2, 1)), np.array([0, 1])),
             "test": Part(np.zeros((2, 1)), np.array([1, 2]))}  # fmt: skip
    with pytest.raises(ProblemError, match="test has samples of '2'"):
        aim_of(Loaded(parts), "auto")
