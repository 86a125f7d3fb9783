"""The colour tokens of the light and the dark theme; contrast is 4.5:1 or better for text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colors:
    """Every colour that the window uses, as `#RRGGBB`.

    `window` is the quiet ground (recipe panel, bars), `surface` what content stands on (plots,
    entries). `curves` is the Okabe-Ito palette (Okabe and Ito 2008) in the order that reads best
    on `surface`; `train` and `validation` are its first two. `compared` are for whole runs that
    are laid over the open one: what the palette has left, then further hues.
    """

    name: str
    window: str
    surface: str
    hover: str
    pressed: str
    hairline: str
    border: str
    text: str
    secondary: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    link: str
    selection: str
    good: str
    warning: str
    error: str
    good_surface: str
    warning_surface: str
    error_surface: str
    info_surface: str
    grid: str
    crosshair: str
    curves: tuple[str, ...]
    compared: tuple[str, ...]

    @property
    def dark(self) -> bool:
        """Whether text is light on dark."""
        return self.name == "dark"

    @property
    def train(self) -> str:
        """The colour of curves measured on the training split."""
        return self.curves[0]

    @property
    def validation(self) -> str:
        """The colour of curves measured on the validation split."""
        return self.curves[1]

    @property
    def test(self) -> str:
        """The colour of what is measured on the test split."""
        return self.curves[2]

    def of_run(self, number: int) -> str:
        """The colour of a compared run, by the number that it has been given."""
        return self.compared[number % len(self.compared)]


_BLUE, _VERMILLION, _GREEN, _PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
_ORANGE, _SKY, _YELLOW, _BLACK = "#E69F00", "#56B4E9", "#F0E442", "#000000"

_DARK_HUES = ("#882255", "#6B6B1E", "#332288", "#8C5A2B", "#117C83", "#C51B8A", "#5B6B82")
_LIGHT_HUES = ("#B39DFF", "#F28CB8", "#A6D854", "#66E0D0", "#D2A679", "#FF6B6B", "#B7C1CE")

LIGHT = Colors(
    name="light",
    window="#F6F7F9",
    surface="#FFFFFF",
    hover="#ECEEF1",
    pressed="#E1E4E9",
    hairline="#E2E5EA",
    border="#C6CBD3",
    text="#1B1F24",
    secondary="#57606A",
    disabled="#98A0AA",
    accent="#0B63CE",
    accent_hover="#0A59BA",
    accent_pressed="#084C9F",
    on_accent="#FFFFFF",
    link="#0B63CE",
    selection="#D6E6FB",
    good="#1A7F37",
    warning="#8A5A00",
    error="#C62331",
    good_surface="#EDF7EF",
    warning_surface="#FDF5E2",
    error_surface="#FDEEEE",
    info_surface="#EBF3FD",
    grid="#ECEEF1",
    crosshair="#98A0AA",
    curves=(_BLUE, _VERMILLION, _GREEN, _PURPLE, _ORANGE, _SKY, _BLACK),
    compared=(_GREEN, _PURPLE, _ORANGE, _SKY, _BLACK, *_DARK_HUES),
)

DARK = Colors(
    name="dark",
    window="#1B1D21",
    surface="#24272C",
    hover="#2E3238",
    pressed="#383D45",
    hairline="#33373E",
    border="#4A505A",
    text="#E6E8EB",
    secondary="#A3AAB4",
    disabled="#6A717C",
    accent="#1F6FEB",
    accent_hover="#2B68CC",
    accent_pressed="#2459B0",
    on_accent="#FFFFFF",
    link="#6CB0FF",
    selection="#294468",
    good="#56C271",
    warning="#E3A93C",
    error="#FF7B72",
    good_surface="#1F2E24",
    warning_surface="#33291A",
    error_surface="#3A2426",
    info_surface="#1F2C3D",
    grid="#2F333A",
    crosshair="#6A717C",
    curves=(_SKY, _ORANGE, _GREEN, _PURPLE, _YELLOW, _VERMILLION, _BLUE),
    compared=(_GREEN, _PURPLE, _YELLOW, _VERMILLION, "#F4F6F8", *_LIGHT_HUES),
)
