"""The parts of the Data tab: head, findings, samples of each kind, statistics, class counts."""
