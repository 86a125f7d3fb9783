"""What is subtracted from a column and what it is then divided by, fitted on training rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.datasets.series.options import Scaling


def scale_of(values: npt.NDArray[np.float64], scaling: Scaling) -> tuple[float, float]:
    """Offset and scale of the training rows (T,) of a column; a scale of 1 where it would be 0."""
    if scaling == "none":
        return 0.0, 1.0
    if scaling == "standard":
        offset, scale = values.mean(), values.std()
    elif scaling == "minmax":
        offset, scale = values.min(), values.max() - values.min()
    else:
        low, offset, high = np.percentile(values, (25, 50, 75))
        scale = high - low
    return float(offset), float(scale) if scale > 0 else 1.0
