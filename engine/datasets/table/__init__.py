"""The user's own tables: a file is read, its columns told apart, and encoded as numbers.

`component` is the dataset, `source` the file, `reading` and what it imports the formats,
`prepare` the columns and the target, `layout` the features, `transform` scikit-learn's part.
Nothing here imports pandas before a table is really read.
"""

from engine.datasets.table.component import TableFile as TableFile
from engine.datasets.table.component import table_columns as table_columns
from engine.datasets.table.component import table_notes as table_notes
from engine.datasets.table.component import table_prepared as table_prepared
from engine.datasets.table.component import table_raw as table_raw
from engine.datasets.table.component import training_rows as training_rows
from engine.datasets.table.notes import ColumnSeen as ColumnSeen
from engine.datasets.table.notes import Note as Note
