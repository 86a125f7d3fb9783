"""The user's own series: a file of rows in time, seen in windows, split by time.

`component` is the dataset, `source` the file, `prepare` what the rows and columns are (`times`,
`columns`, `regular`, `step`), `arrange` what windows are cut from (`layout`, `gaps`, `calendar`,
`scaling`), `tensors` the windows, `encode` a window of new rows. The file is read as a table is.
"""

from engine.datasets.series.component import Series as Series
from engine.datasets.series.component import series_notes as series_notes
from engine.datasets.series.component import series_view as series_view
from engine.datasets.table.notes import Note as Note
