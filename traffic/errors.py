"""Every error that this project raises on purpose.

    TrafficError
    ├── ConfigError        config.yaml is wrong: the key, what was expected, what came
    ├── SourceError        a video file or a camera cannot be opened or read
    ├── ModelError         a model file or its card is missing, altered or unfit for its engine
    ├── StoreError         the database cannot be reached, is read-only, full or of another version
    ├── EvidenceError      an evidence file cannot be written or no longer matches its record
    └── EventsError        the broker refuses us (a broker that is merely down is retried, not raised)

Each message says what was expected, what came, and the act or command that mends it.
"""


class TrafficError(Exception):
    """The base of all: `str(error)` is fit to show to an operator.

    Args:
        problem: what was expected and what came, in one sentence.
        remedy: the command or act that mends it.
    """

    def __init__(self, problem: str, *, remedy: str = "") -> None:
        super().__init__(f"{problem}\n  to mend it: {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class ConfigError(TrafficError):
    """config.yaml is wrong."""


class SourceError(TrafficError):
    """A video file or a camera cannot be opened or read."""


class ModelError(TrafficError):
    """A model file or its card is missing, altered or unfit for its engine."""


class StoreError(TrafficError):
    """The database cannot be reached, is read-only, full or of another version."""


class EvidenceError(TrafficError):
    """An evidence file cannot be written or no longer matches its record."""


class EventsError(TrafficError):
    """The broker refuses us."""
