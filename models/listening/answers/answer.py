"""One answer of a rater, as it comes from the page: checked, or refused by a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..ratings import STEPS

MAX_COMMENT = 2000  # characters
MAX_COUNT = 1_000_000
MAX_SECONDS = 86_400.0
MAX_SCORE = 100
SENT_AS = re.compile(r"[0-9a-f-]{32,36}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Answer:
    """What was chosen at a position, and how.

    `sent_as` is the page's own number: an answer that is sent twice is one. `step` is None where
    none sounded acceptable, and in a test that asks for `scores` instead, 0 to 100, of the sounds
    from the second slot on. `step_seconds` [slots] is how long each sound was heard, and
    `comparisons` how often the untouched track was.
    """

    sent_as: str
    position: int
    step: int | None
    comment: str
    switches: int
    comparisons: int
    step_seconds: tuple[float, ...]
    seconds: float
    equal_loudness: bool
    scores: tuple[int, ...] = ()


def read_answer(values: Mapping[str, Any], slots: int = STEPS, test: str = "attenuation") -> Answer:
    """Check what a page has sent, which had so many `slots`.

    In an ABX test there are two answers, A and B; in MUSHRA one of the scores is 100, as the
    reference is among the sounds. Raise ValueError, naming the field that is wrong.
    """
    sent_as = values.get("sent_as")
    if not isinstance(sent_as, str) or not SENT_AS.fullmatch(sent_as):
        raise ValueError("sent_as must be a UUID")
    step = values.get("step")
    scores: tuple[int, ...] = ()
    if test == "mushra":
        step, scores = None, _scores(values, slots - 1)
    elif step is not None or test == "abx":
        step = _whole(values, "step", 1 if test == "abx" else slots - 1)
    comment = values.get("comment", "")
    if not isinstance(comment, str) or len(comment) > MAX_COMMENT:
        raise ValueError(f"comment must be a text of at most {MAX_COMMENT} characters")
    seconds = values.get("step_seconds")
    if not isinstance(seconds, list) or len(seconds) != slots:
        raise ValueError(f"step_seconds must be {slots} numbers")
    loudness = values.get("equal_loudness")
    if not isinstance(loudness, bool):
        raise ValueError("equal_loudness must be true or false")
    return Answer(
        sent_as,
        _whole(values, "position", MAX_COUNT),
        step,
        # Half of a character, as JSON may have it, is no text.
        CONTROL.sub("", comment.encode(errors="replace").decode()),
        _whole(values, "switches", MAX_COUNT),
        _whole(values, "comparisons", MAX_COUNT),
        tuple(_seconds(one, "step_seconds") for one in seconds),
        _seconds(values.get("seconds"), "seconds"),
        loudness,
        scores,
    )


def _scores(values: Mapping[str, Any], count: int) -> tuple[int, ...]:
    scores = values.get("scores")
    if not isinstance(scores, list) or len(scores) != count:
        raise ValueError(f"scores must be {count} numbers")
    found = tuple(_whole({"scores": one}, "scores", MAX_SCORE) for one in scores)
    if MAX_SCORE not in found:
        raise ValueError(f"one of the scores must be {MAX_SCORE}")
    return found


def _whole(values: Mapping[str, Any], name: str, highest: int) -> int:
    value = values.get(name)
    if type(value) is not int or not 0 <= value <= highest:
        raise ValueError(f"{name} must be a whole number from 0 to {highest}")
    return value


def _seconds(value: object, name: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or math.isnan(value):
        raise ValueError(f"{name} must be numbers")
    return float(min(max(value, 0), MAX_SECONDS))
