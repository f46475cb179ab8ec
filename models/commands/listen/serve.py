"""`tonecast listen serve`: hold the experiment."""

from __future__ import annotations

from pathlib import Path

import click

from ....plugin_core.errors import Error
from .need_listen import need_listen


@click.command()
@click.argument("study", metavar="STUDY", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to serve; others than this computer's own need the token in the link.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True,
              help="0 for any that is free.")  # fmt: skip
@click.option("--certificate", type=click.Path(path_type=Path), metavar="FILE.pem",
              help="Serve by HTTPS.")  # fmt: skip
@click.option("--key", type=click.Path(path_type=Path), metavar="FILE.pem",
              help="The certificate's private key.")  # fmt: skip
def serve(study: Path, host: str, port: int, certificate: Path | None, key: Path | None) -> None:
    """Hold the experiment: a web page for raters, until Ctrl-C.

    STUDY is a folder that `tonecast listen make` has made; answers go to its answers.sqlite3 the
    moment they are given. Several raters may take part at once.
    """
    need_listen()
    if (certificate is None) != (key is None):
        raise Error("--certificate and --key go together; give both")
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise Error(f"{file}: there is no such file")
    from ...listening.server.run import Address
    from ...listening.server.run import serve as serve_study
    from ...listening.study.study import read_study

    address = Address(host, port, certificate, key)
    held = read_study(study)
    if not address.is_local and certificate is None:
        click.echo("note: without --certificate, what raters send can be read on the way", err=True)
    serve_study(held, study, address, lambda link: print(link, flush=True))
