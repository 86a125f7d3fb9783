"""Drawing curves: decimation, smoothing, axes and the plot widget. Knows nothing of a training."""
