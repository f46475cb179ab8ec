"""The effects that come along, those of the user's own folder, and what is broken of them."""

from __future__ import annotations

from collections import Counter

from .finding import Finding

TOPIC = "effects"


def effects() -> list[Finding]:
    """How many there are of each source, and a line for each file or pack that is skipped."""
    try:
        from ..effect_files.catalog import OWN_PACK, USER, read_catalog, user_folder
    except ImportError:
        return [Finding(TOPIC, "broken", "not looked at: the engine, which reads them, is broken")]
    catalog = read_catalog()
    found = Counter(
        entry.source
        for entry in (*catalog.entries.values(), *catalog.hidden)
        if entry.contract.kind == "effect"
    )
    listed = ", ".join(f"{count} of {source}" for source, count in found.items())
    findings = [Finding(TOPIC, "works", f"{listed}; your folder is {user_folder()}")]
    if not found[OWN_PACK]:
        again = "pip install --force-reinstall --no-deps tonecast"
        findings = [Finding(TOPIC, "broken", "none of those that come along is there", again)]
    for problem in catalog.problems:
        ours = problem.startswith(f"{OWN_PACK}:")
        findings.append(Finding(TOPIC, "broken" if ours else "limited", problem, _remedy(problem)))
    for entry in catalog.hidden:
        winner = catalog.entries[entry.name].source
        text = f"{entry.name} of {entry.source} is hidden by the one of {winner}"
        remedy = f"tonecast effects remove {entry.name}" if winner == USER else ""
        findings.append(Finding(TOPIC, "limited", text, remedy))
    return findings


def _remedy(problem: str) -> str:
    if "this tonecast reads up to" in problem:
        return "pip install --upgrade tonecast"
    if problem.startswith("tonecast:"):
        return "pip install --force-reinstall --no-deps tonecast"
    return "put a file that is whole in its place, or take it away"
