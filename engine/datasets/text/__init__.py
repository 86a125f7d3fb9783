"""The user's own texts: to classify (`component`), or to go on with (`corpus`).

`source` finds the files, `layout`, `raw`, `rows` and `columns` read them, `prepare` divides them,
`vocabulary` counts tokens, `encoding` numbers them. Nothing here imports torch before a dataset is
built.
"""

from engine.datasets.text.component import TextFile as TextFile
from engine.datasets.text.component import text_notes as text_notes
from engine.datasets.text.component import text_statistics as text_statistics
from engine.datasets.text.corpus import TextCorpus as TextCorpus
from engine.datasets.text.corpus import corpus_notes as corpus_notes
from engine.datasets.text.corpus import corpus_statistics as corpus_statistics
from engine.datasets.text.notes import Note as Note
