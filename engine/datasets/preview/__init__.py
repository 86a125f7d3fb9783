"""Real samples of the training split and what is known of all splits, as plain values to show.

`view` puts it together; `samples` and `origins` make the samples, as the network receives them and
as they are in the file; `columns`, `texts` and `series` count.
"""

from engine.datasets.preview.view import Copies as Copies
from engine.datasets.preview.view import data_view as data_view
from engine.datasets.preview.view import view_of as view_of
