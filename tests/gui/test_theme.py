from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from engine import paths
from gui import icons
from gui.colors import DARK, LIGHT, Colors
from gui.theme import Theme, figures

WORDS = ("text", "secondary", "link", "good", "warning", "error")
GROUNDS = ("window", "surface")


def luminance(color: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    made = QColor(color)
    red, green, blue = (linear(part) for part in (made.redF(), made.greenF(), made.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_everywhere(colors: Colors) -> None:
    pairs = [(word, ground) for word in WORDS for ground in GROUNDS]
    pairs += [(level, f"{level}_surface") for level in ("good", "warning", "error")]
    pairs += [("text", "selection"), ("text", "info_surface"), ("on_accent", "accent")]
    pairs += [("on_accent", "accent_hover"), ("on_accent", "accent_pressed"), ("text", "hover")]
    poor = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(getattr(colors, pair[0]), getattr(colors, pair[1]))) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_curves_stand_out_from_their_ground(colors: Colors) -> None:
    for curve in (colors.train, colors.validation, colors.test):
        assert contrast(curve, colors.surface) >= 3


def test_every_icon_is_of_one_family() -> None:
    folder = paths.bundled("resources") / "icons"
    names = sorted(path.stem for path in folder.glob("*.svg"))
    assert len(names) >= 25
    for name in names:
        source = icons.source(name)
        assert 'viewBox="0 0 24 24"' in source, name
        assert 'stroke="currentColor" stroke-width="2"' in source, name


def test_every_icon_draws_something(theme: Theme) -> None:
    folder = paths.bundled("resources") / "icons"
    for path in folder.glob("*.svg"):
        image = icons.pixmap(path.stem, "#FF0000", 32).toImage()
        reds = sum(
            image.pixelColor(x, y) == QColor("#FF0000") for x in range(32) for y in range(32)
        )
        assert reds > 3, path.stem


def test_a_disabled_icon_looks_disabled(theme: Theme) -> None:
    icon = theme.icon("play")
    size = QSize(16, 16)
    normal = icon.pixmap(size, QIcon.Mode.Normal).toImage()
    assert normal != icon.pixmap(size, QIcon.Mode.Disabled).toImage()


def test_choosing_a_theme_changes_colours_at_once(theme: Theme, qtbot, qapp: QApplication) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.colors is DARK
    assert DARK.window in qapp.styleSheet()
    assert qapp.palette().window().color() == QColor(DARK.window)
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("light")
    assert theme.colors is LIGHT


def test_follows_the_system_while_it_runs(
    theme: Theme, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt's offscreen platform has no scheme of its own: the system's part is played here."""
    theme.set_mode("system")
    assert theme.colors is LIGHT
    monkeypatch.setattr(theme, "system_is_dark", lambda: True)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colors is DARK
    theme.set_mode("light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colors is LIGHT


def test_the_choice_is_remembered_and_the_environment_wins(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.delenv("TRAINBOARD_THEME", raising=False)
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    Theme(qapp, settings).set_mode("dark")
    assert Theme(qapp, settings).mode == "dark"
    monkeypatch.setenv("TRAINBOARD_THEME", "light")
    assert Theme(qapp, settings).mode == "light"
    qapp.setStyleSheet("")


def test_a_damaged_setting_means_the_system(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.delenv("TRAINBOARD_THEME", raising=False)
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    settings.setValue("theme", "purple")
    assert Theme(qapp, settings).mode == "system"
    qapp.setStyleSheet("")


def test_the_style_sheet_has_no_token_left(theme: Theme, qapp: QApplication) -> None:
    assert not re.search(r"\$\w", qapp.styleSheet())


def test_figures_have_one_width(theme: Theme, qtbot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setFont(figures(widget.font()))
    metrics = widget.fontMetrics()
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
