"""Predictions for samples as people have them: picture files, rows of a table, texts, a series.

`raw` makes a network's inputs of them by what an exported model says of its data; `answers` says in
words what the outputs mean. Neither needs the dataset that was learned from.
"""

from engine.prediction.answers import Answer as Answer
from engine.prediction.answers import predict as predict
from engine.prediction.raw import RawInputs as RawInputs
from engine.prediction.raw import raw_inputs as raw_inputs
