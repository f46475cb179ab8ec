"""Serving a study: the port, the token, the certificate, and what is told at the terminal."""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from ....plugin_core.errors import Error
from ..answers.database import Database
from ..study.study import ANSWERS, Study
from .app import make_app

TOKEN_FILE = "token"
TOKEN_BYTES = 24
KEEP_ALIVE_S = 120  # a rater listens for so long between two requests


@dataclass(frozen=True)
class Address:
    """Where to serve; with a certificate and its key, in files, by HTTPS."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this computer reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def serve(study: Study, folder: Path, address: Address, say: Callable[[str], object]) -> None:
    """Serve until Ctrl-C. `say` gets the link once the port is open. Raise tonecast.Error."""
    token = None if address.is_local else read_token(folder)
    with _listen(address) as listening, closing(Database(folder / ANSWERS)) as database:
        server = uvicorn.Server(_config(make_app(study, folder, database, token), address))
        try:
            say(link(address, listening.getsockname()[1], token))
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            pass  # how a server ends


def _config(app: Starlette, address: Address) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    try:
        config.load()
    except OSError as error:  # ssl.SSLError is one
        raise Error(
            f"{address.certificate}: cannot be used as a certificate with {address.key}: "
            f"{error.strerror or error}"
        ) from None
    return config


def link(address: Address, port: int, token: str | None) -> str:
    """What raters open. The token is behind #, so that browsers send it to nobody by themselves."""
    scheme = "https" if address.certificate else "http"
    host = address.host
    if host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    elif ":" in host:
        host = f"[{host}]"
    return f"{scheme}://{host}:{port}/" + (f"#{token}" if token else "")


def read_token(folder: Path) -> str:
    """The token of a study, drawn at first, so that links stay valid. Raise tonecast.Error."""
    path = folder / TOKEN_FILE
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(TOKEN_BYTES), encoding="ascii")
        token = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise Error(f"{path}: cannot be used: {error.strerror}") from None
    if len(token) < TOKEN_BYTES:
        raise Error(f"{path} holds no token; delete it to have a new one")
    return token


def _listen(address: Address) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise Error(f"--host {address.host} is no address of this computer") from None
    # With its protocol named, asyncio sends small answers at once: else some wait 40 ms (Nagle).
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise Error(
                f"port {address.port} is in use; choose another with --port, or 0 for any"
            ) from None
        raise Error(
            f"{address.host}, port {address.port}, cannot be served: {error.strerror}"
        ) from None
    return listening
