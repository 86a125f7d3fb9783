"""In which ways the samples of a dataset can be looked at; knows no widget."""

from __future__ import annotations

from engine.views import DataView

NETWORK, FILE, AUGMENTED = "network", "file", "augmented"
SERIES, COLUMNS, FIGURES = "series", "columns", "figures"
WAYS = {
    SERIES: "Series and windows",
    FILE: "As in the file",
    NETWORK: "As the network sees them",
    AUGMENTED: "Augmented",
    COLUMNS: "Columns",
    FIGURES: "In figures",
}


def ways_of(view: DataView) -> list[str]:
    """The ways that a view has something to show for; the first is what one looks at first."""
    kind = view.facts.kind
    origins = any(sample.in_file is not None for sample in view.samples)
    columns = [COLUMNS] if view.columns else []
    copies = [AUGMENTED] if view.augmentation else []
    if kind == "series" and view.series is not None:
        return [SERIES, *columns]
    if kind == "text":
        figures = [FIGURES] if view.text is not None else []
        return [NETWORK, *([FILE] if origins else []), *copies, *figures]
    if kind == "table":
        changed = any(sample.normalised for sample in view.samples)
        return [FILE, *([NETWORK] if changed else []), *copies, *columns]
    pictures = any(s.in_file is not None and s.in_file.image is not None for s in view.samples)
    return [NETWORK, *([FILE] if pictures else [])]
