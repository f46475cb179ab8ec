"""What users are told about levels beyond those of an effect's training."""

from __future__ import annotations

from ..effect_files.contract import Contract

# The limiter's ceiling in live use, dBFS: where converters clip.
CEILING_DB = 0.0
MIN_CEILING_DB, MAX_CEILING_DB = -60.0, 24.0


def training_text(contract: Contract) -> str:
    """The level of an effect's training, for people; "" where it is not known."""
    level = contract.trained_level
    if level is None:
        return ""
    return f"peaks of {level.input_peak_db:.1f} dBFS in, {level.output_peak_db:.1f} dBFS out"


def louder_text(contract: Contract) -> str:
    """What was done about sound beyond that level, or about a filter's gain beyond its bounds."""
    level = contract.trained_level
    if contract.form == "filter":
        return (
            f"{contract.name} drew gains above {contract.max_gain_db:g} dB or below -120 dB; they "
            f"were held to that"
        )
    assert level is not None  # or nothing would have been held
    in_proportion = ", in proportion to the input" if level.response == "linear" else ""
    return (
        f"{contract.name} was trained on {training_text(contract)}; what was louder was held to "
        f"that{in_proportion}"
    )
