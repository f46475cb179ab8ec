"""`tonecast listen power`: how many raters and tracks a study needs."""

from __future__ import annotations

import click

from .need_listen import need_listen

RATERS = (5, 8, 10, 15, 20, 30)
TRACKS = (30, 60, 100, 150, 200)
SHARE = click.FloatRange(0, 1)


@click.command()
@click.option("--agreement", type=SHARE, default=0.35, show_default=True,
              help="Of raters: the intra-class correlation ICC(2,1) of a report.")  # fmt: skip
@click.option("--explained", type=SHARE, default=0.35, show_default=True,
              help="Share of what tracks call for that a predictor knows.")  # fmt: skip
def power(agreement: float, explained: float) -> None:
    """Say how many raters and tracks show that a predictor beats the mean of the ratings.

    The table has the share of simulated studies in which it shows (p < 0.05), raters down, tracks
    across. All of it is simulated; see docs/listening.md for what is assumed.
    """
    need_listen()
    from ...listening.results.power import Assumptions, power_table

    rows = power_table(RATERS, TRACKS, Assumptions(agreement, explained))
    print("raters  " + "".join(f"{f'{count} tracks':>12}" for count in TRACKS))
    for people, shares in zip(RATERS, rows, strict=True):
        print(f"{people:>6}  " + "".join(f"{share:>12.2f}" for share in shares))
