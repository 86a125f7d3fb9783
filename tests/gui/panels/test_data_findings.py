"""The findings at the top of the Data tab."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from engine.inspection import Finding
from engine.problems import Problem
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme
from tests.gui.data_views import IMAGES
from tests.gui.fakes import FakePreviews
from tests.gui.panels.data_tab import DataTab

WEIGH = Finding("imbalance", "warning", "Twelve times as many cats", "see dataset.subset",
                ("always saying cat would be right in 92%",),
                (("loss.class_weights", "balanced"),))  # fmt: skip
NOTE = Finding("mixed_sizes", "info", "Pictures are of 3 sizes")


@pytest.fixture
def tab(theme: Theme, recipe: RecipePresenter, previews: FakePreviews, qtbot) -> DataTab:
    made = DataTab(theme, recipe, previews)
    qtbot.addWidget(made.panel)
    made.panel.resize(900, 700)
    made.panel.show()
    qtbot.waitExposed(made.panel)
    yield made
    made.preview.close()


def row(tab: DataTab, code: str) -> QWidget:
    found = tab.panel.findChild(QWidget, f"data.finding.{code}")
    assert found is not None
    return found


def summary(tab: DataTab) -> str:
    return tab.panel.findChild(QLabel, "data.findings.summary").text()


def press(qtbot, widget: QWidget, name: str) -> None:
    qtbot.mouseClick(widget.findChild(QWidget, name), Qt.MouseButton.LeftButton)


def test_nothing_found_looks_good(tab: DataTab) -> None:
    tab.show(IMAGES)
    assert summary(tab) == "Looks good"
    assert not tab.panel.findChild(QWidget, "data.findings.fold").isVisible()


def test_a_finding_is_told_with_its_hint_and_its_evidence(tab: DataTab, qtbot) -> None:
    tab.show(IMAGES, (WEIGH, NOTE))
    assert summary(tab) == "1 warning, 1 thing to know"
    finding = row(tab, "imbalance")
    said = [label.text() for label in finding.findChildren(QLabel) if label.isVisible()]
    assert "Twelve times as many cats" in said
    assert "see subset of the dataset" in said
    evidence = finding.findChild(QLabel, "data.finding.evidence")
    assert not evidence.isVisible()
    press(qtbot, finding, "data.finding.more")
    assert evidence.isVisible()
    assert "92%" in evidence.text()


def test_one_press_mends_and_undo_takes_it_back(
    tab: DataTab, recipe: RecipePresenter, qtbot
) -> None:
    tab.show(IMAGES, (WEIGH,))
    button = row(tab, "imbalance").findChild(QPushButton, "data.finding.mend")
    assert button.text() == "Weigh the classes"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert recipe.get("loss.class_weights") == "balanced"
    assert (button.text(), button.isEnabled()) == ("Mended", False)
    recipe.undo()
    assert (button.text(), button.isEnabled()) == ("Weigh the classes", True)


def test_what_is_only_good_to_know_is_folded(tab: DataTab, qtbot) -> None:
    tab.show(IMAGES, (NOTE,))
    assert summary(tab) == "Looks good, 1 thing to know"
    assert not row(tab, "mixed_sizes").isVisible()
    press(qtbot, tab.panel, "data.findings.fold")
    assert row(tab, "mixed_sizes").isVisible()
    assert row(tab, "mixed_sizes").findChild(QWidget, "data.finding.mend").isHidden()


def test_of_many_findings_the_worst_are_in_sight(tab: DataTab, qtbot) -> None:
    many = tuple(Finding(f"f{i}", "warning", f"Number {i}") for i in range(6))
    tab.show(IMAGES, (*many, NOTE))
    seen = [i for i in range(6) if row(tab, f"f{i}").isVisible()]
    assert seen == [0, 1, 2]
    press(qtbot, tab.panel, "data.findings.fold")
    assert all(row(tab, f"f{i}").isVisible() for i in range(6))
    assert row(tab, "mixed_sizes").isVisible()


def test_the_check_can_be_cancelled_and_made_again(tab: DataTab, qtbot) -> None:
    tab.show(IMAGES, (NOTE,), check=False)
    assert summary(tab) == "Checking the data…"
    press(qtbot, tab.panel, "data.check.cancel")
    assert tab.checks.status == "offered"
    press(qtbot, tab.panel, "data.check")
    tab.previews.run()
    assert tab.checks.findings == (NOTE,)


def test_findings_go_with_their_data(tab: DataTab, recipe: RecipePresenter) -> None:
    tab.show(IMAGES, (WEIGH,))
    recipe.set("dataset.val_fraction", 0.3)
    assert tab.panel.findChild(QWidget, "data.findings").isHidden()


def test_data_that_is_refused_says_what_else_was_found(tab: DataTab) -> None:
    unreadable = Finding("unreadable", "warning", "9 of 10 pictures cannot be read", "",
                         tuple(f"{i}.jpg: empty" for i in range(9)))  # fmt: skip
    again = Finding("not_usable", "error", "Too many pictures cannot be read")
    problem = Problem("dataset.path", "Too many pictures cannot be read")
    tab.show(problem, (again, unreadable), check=False)
    tab.previews.run()
    more = tab.panel.findChild(QLabel, "data.notice.more")
    assert more.isVisible()
    lines = more.text().split("\n")
    assert lines[:2] == ["9 of 10 pictures cannot be read", "0.jpg: empty"]
    assert lines[-1] == "and 1 more"
