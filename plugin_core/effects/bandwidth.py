"""What an effect's rate loses of a sound: one wording and one threshold for all hosts."""

from __future__ import annotations

AUDIBLE_HZ = 20000  # effects that play up to there lose nothing that is heard


def bandwidth_note(model_rate_hz: int, rate_hz: float) -> str:
    """What a model of this rate loses of a sound of that one, in words; empty if it is nothing."""
    highest_hz = model_rate_hz / 2
    if highest_hz >= AUDIBLE_HZ or rate_hz <= model_rate_hz:
        return ""
    return f"plays up to {highest_hz / 1000:g} kHz; what is above is lost"
