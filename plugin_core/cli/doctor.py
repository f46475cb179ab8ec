"""`tonecast doctor`: what works here, and what mends the rest."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from ..doctor.finding import Finding, State

# Their plain forms are for terminals that have no others.
MARKS: dict[State, tuple[str, str, str]] = {
    "works": ("✓", "+", "green"),
    "limited": ("!", "!", "yellow"),
    "absent": ("–", "-", "bright_black"),
    "broken": ("✗", "x", "red"),
}
TOPIC_CELLS = 18
FAILED = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Say what works on this machine, and which command mends the rest.

    ✓ works, ! works less well than it could, – is optional and not there, ✗ is broken. The exit
    code is 1 if anything is broken.
    """
    from ..doctor.examination import examine

    findings: list[Finding] = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            _print(finding)
    healthy = all(finding.state != "broken" for finding in findings)
    if as_json:
        report = {"healthy": healthy, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(report, indent=2))
    else:
        counts = {state: sum(one.state == state for one in findings) for state in MARKS}
        click.echo(f"\n{', '.join(f'{count} {state}' for state, count in counts.items() if count)}")
    sys.exit(0 if healthy else FAILED)


def _print(finding: Finding) -> None:
    sign, plain, colour = MARKS[finding.state]
    mark = click.style(sign if _can_be_printed(sign) else plain, fg=colour)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in finding.text)
    click.echo(f"{mark} {finding.topic:{TOPIC_CELLS}} {text}")
    if finding.remedy:
        arrow = "→" if _can_be_printed("→") else "->"
        click.echo(f"  {'':{TOPIC_CELLS}} {arrow} {finding.remedy}")


def _can_be_printed(sign: str) -> bool:
    try:
        sign.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
