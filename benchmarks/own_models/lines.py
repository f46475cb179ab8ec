"""How many lines the authors of other runtimes write around a network in their own examples.

Counted by hand, not measured here: nothing of theirs is run or kept in this repository.
"""

from __future__ import annotations

from dataclasses import dataclass

COUNTED_ON = "2026-11-28"


@dataclass(frozen=True)
class Example:
    """One of theirs, as it was at a commit."""

    runtime: str
    repository: str
    commit: str
    file: str
    network: str
    around: str
    states: str
    delay: str
    check: str
    counted: str

    def row(self) -> str:
        """Of a Markdown table."""
        cells = (self.runtime, self.network, self.around, self.states, self.delay, self.check)
        return f"| {' | '.join(cells)} |"

    def source(self) -> str:
        """Where, and what of it."""
        address = f"https://github.com/{self.repository}/blob/{self.commit}/{self.file}"
        return f"- {self.runtime}: [`{self.file}`]({address}) at {self.commit[:7]}: {self.counted}"


EXAMPLES = (
    Example(
        "Neutone SDK",
        "Neutone/neutone_sdk",
        "a73c53ac51642bb12165ae6a8c589e2577ee1af2",
        "examples/example_overdrive-random.py",
        "micro-TCN, two knobs",
        "61",
        "35, by hand",
        "by hand",
        "no check found",
        "`OverdriveModelWrapper` 52, of which 23 are name, authors and description, and the main "
        "block 9; for states `PaddingCached` 11 and `Conv1dCached` 24, in place of `Conv1d`.",
    ),
    Example(
        "nn~",
        "acids-ircam/nn_tilde",
        "ca97f8259442649fe7b5acacd8d9cdd8757098dd",
        "scripting/unmix.py",
        "separator",
        "31",
        "none kept",
        "none found",
        "shapes are checked",
        "`Unmix` 27 and the main block 4; 42 more resample. None of the scripts in that folder has "
        "a network with states.",
    ),
    Example(
        "anira (C++)",
        "anira-project/anira",
        "5542fabdb90e35e690888f557a862a61f49c325e",
        "extras/models/stateful-rnn/StatefulRNNConfig.h",
        "stateful LSTM",
        "12 for one backend, 21 for all",
        "in the model, by hand",
        "by hand",
        "no check found",
        "the configuration; what the host calls comes on top, and the model with its state is "
        "exported elsewhere.",
    ),
)
OURS = '| `tonecast.export(net, "amp.onnx")` | any of these | {} |'.format(
    "1, and 1 for each knob | none: found | found | proven"
)


def section() -> str:
    """For the page."""
    return "\n".join(
        [
            "## Lines around a network",
            "",
            "What one writes around a network, without the network itself, in the authors' own "
            "examples of it:",
            "",
            "| | network | lines | for its states | a delay | is the stream right? |",
            "|---|---|---|---|---|---|",
            OURS,
            *(example.row() for example in EXAMPLES),
            "",
            f"Counted by hand on {COUNTED_ON}, without blank lines, comments, imports and "
            "preprocessor lines; nothing of theirs was run for this page.",
            "",
            *(example.source() for example in EXAMPLES),
            "",
        ]
    )
