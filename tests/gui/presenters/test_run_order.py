"""Filter, order and grouping of the run library."""

from __future__ import annotations

import pytest

from gui.presenters.run_order import NO_NAME, Order, arrange
from tests.gui.run_infos import info


def best(value, metric="val_accuracy"):
    return {"metric": metric, "value": value, "step": 1}


def names(nodes):
    return [node.run.name for node in nodes]


def tree(nodes):
    return {(node.title or node.run.name): tree(node.children) for node in nodes}


def at(day):
    return f"2026-03-{day:02}T10:00:00+00:00"


# --- Order ------------------------------------------------------------------------------------


def test_the_latest_run_is_first():
    runs = [info("a", started=at(1)), info("b", started=at(3)), info("c", started=at(2))]
    assert names(arrange(runs, Order())) == ["b", "c", "a"]


def test_figures_are_sorted_as_numbers():
    runs = [info("a", steps=900), info("b", steps=10_000), info("c", steps=1000)]
    assert names(arrange(runs, Order("steps", descending=True))) == ["b", "c", "a"]
    assert names(arrange(runs, Order("steps", descending=False))) == ["a", "c", "b"]


@pytest.mark.parametrize("descending", [True, False])
def test_runs_without_a_value_come_last_in_both_directions(descending):
    runs = [info("none", best=None), info("a", best=best(0.5)), info("b", best=best(0.9))]
    assert names(arrange(runs, Order("best", descending)))[-1] == "none"


def test_words_are_sorted_whatever_their_case():
    runs = [info("a", title="beta"), info("b", title="Alpha"), info("c", title="gamma")]
    assert names(arrange(runs, Order("name", descending=False))) == ["b", "a", "c"]


def test_of_equal_ones_the_latest_is_first():
    runs = [info("old", started=at(1)), info("new", started=at(2))]
    assert names(arrange(runs, Order("dataset", descending=False))) == ["new", "old"]
    assert names(arrange(runs, Order("dataset", descending=True))) == ["new", "old"]


def test_an_unknown_column_is_the_date():
    runs = [info("a", started=at(1)), info("b", started=at(2))]
    assert names(arrange(runs, Order("colour"))) == ["b", "a"]


# --- Filter -----------------------------------------------------------------------------------


def test_every_word_must_be_found_somewhere():
    runs = [
        info("a", dataset="mnist", tags=("paper",)),
        info("b", dataset="mnist", note="for the paper"),
        info("c", dataset="digits", tags=("paper",)),
        info("d", state="interrupted", dataset="mnist"),
    ]
    assert set(names(arrange(runs, Order(text="MNIST paper")))) == {"a", "b"}
    assert names(arrange(runs, Order(text=" interrupted "))) == ["d"]
    assert arrange(runs, Order(text="mnist nonsense")) == []


def test_archived_runs_are_shown_when_asked_for():
    runs = [info("a"), info("b", archived=True)]
    assert names(arrange(runs, Order())) == ["a"]
    assert len(arrange(runs, Order(archived=True))) == 2


# --- Groups -----------------------------------------------------------------------------------


def test_presets_stand_in_the_order_of_their_foremost_runs():
    runs = [
        info("a", recipe_name="mlp", started=at(1)),
        info("b", preset="digits_cnn", started=at(2)),
        info("c", recipe_name="mlp", started=at(3)),
        info("d", recipe_name="", started=at(0 + 1)),
    ]
    found = arrange(runs, Order(grouping="preset"))
    assert [node.title for node in found] == ["mlp", "digits_cnn", NO_NAME]
    assert tree(found)["mlp"] == {"c": {}, "a": {}}


def test_forks_stand_below_their_parents():
    runs = [
        info("root", started=at(1)),
        info("other", started=at(3)),
        info("fork", parent="root", started=at(2)),
        info("grandchild", parent="fork", started=at(4)),
        info("orphan", parent="long gone", started=at(5)),
    ]
    found = arrange(runs, Order(grouping="family"))
    assert tree(found) == {"orphan": {}, "root": {"fork": {"grandchild": {}}}, "other": {}}
    assert names(found) == ["orphan", "root", "other"]  # by the latest of each family


def test_a_family_keeps_the_ancestors_of_what_the_filter_leaves():
    runs = [
        info("root"), info("fork", parent="root", note="lr"), info("twin", parent="root"),
        info("child", parent="fork", note="lr"), info("alone"),
    ]  # fmt: skip
    (root,) = arrange(runs, Order(grouping="family", text="lr"))
    assert tree([root]) == {"root": {"fork": {"child": {}}}}
    assert (root.matching, root.children[0].matching) == (False, True)


def test_a_circle_of_parents_is_shown_all_the_same():
    runs = [info("a", parent="c"), info("b", parent="a"), info("c", parent="b")]
    runs += [info("self", parent="self"), info("below", parent="b")]
    found = arrange(runs, Order(grouping="family"))
    shown = []

    def walk(nodes):
        for node in nodes:
            shown.append(node.run.name)
            walk(node.children)

    walk(found)
    assert sorted(shown) == ["a", "b", "below", "c", "self"]
