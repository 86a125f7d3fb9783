"""Each run keeps its colour."""

from __future__ import annotations

from gui.colors import DARK, LIGHT
from gui.presenters.run_colors import MOST, RunColors


def test_both_themes_have_as_many_colours_and_no_two_alike():
    assert len(LIGHT.compared) == len(DARK.compared) >= 10
    for colors in (LIGHT, DARK):
        assert len({*colors.compared, colors.train, colors.validation}) == len(colors.compared) + 2
        assert colors.of_run(len(colors.compared)) == colors.compared[0]


def test_colours_are_given_out_in_their_order_and_kept():
    colors = RunColors(4)
    assert [colors.take(key, set()) for key in "abc"] == [0, 1, 2]
    assert colors.take("a", {1, 2}) == 0
    assert colors.take("d", {0}) == 3


def test_a_colour_that_is_in_use_is_not_given_twice():
    colors = RunColors(3)
    taken = []
    for key in "abc":
        taken.append(colors.take(key, set(taken)))
    assert sorted(taken) == [0, 1, 2]
    colors = RunColors(3)
    colors.restore({"a": 1, "b": 1})
    assert colors.take("a", set()) == 1
    assert colors.take("b", {1}) == 0
    assert colors.take("b", {1}) == 0  # kept from now on


def test_with_more_runs_than_colours_each_still_has_one():
    colors = RunColors(2)
    assert colors.take("c", {0, 1}) in (0, 1)


def test_colours_outlive_the_window_and_nonsense_does_not():
    colors = RunColors(4)
    for key in "abc":
        colors.take(key, set())
    again = RunColors(4)
    again.restore({**colors.settings(), "x": 99, "y": "red"})
    assert again.settings() == colors.settings()
    again.restore("nonsense")
    assert again.settings() == {}


def test_the_runs_compared_longest_ago_are_forgotten():
    colors = RunColors(4)
    for number in range(MOST + 10):
        colors.take(str(number), set())
    assert len(colors.settings()) == MOST
    assert "0" not in colors.settings()
