"""The parts of the Model tab: the panel, the table of layers, and graphs with what they tell."""
