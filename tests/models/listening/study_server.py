"""A study that is served by a process of its own, and a client for it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from command_line import child
from tonecast.models.listening.ratings import STEPS


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Requests to a study, with the headers of one rater."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Reply:
        sent = {**self.headers, **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, sent)
            reply = connection.getresponse()
            held = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, held, reply.read())
        finally:
            connection.close()

    def join(self, code: str, **more: Any) -> Client:
        """A client for a rater who has just joined."""
        values = {"code": code, "language": "en", "consent": True, **more}
        reply = self("POST", "/api/raters", values)
        assert reply.status == 201, reply.body
        return Client(self.port, {**self.headers, "X-Rater-Key": reply.json["key"]})

    def session(self) -> Any:
        reply = self("POST", "/api/session", {})
        assert reply.status == 200, reply.body
        return reply.json


def an_answer(position: int, step: int | None, **values: Any) -> dict[str, Any]:
    """What the page sends."""
    return {
        "sent_as": uuid.uuid4().hex,
        "position": position,
        "step": step,
        "comment": "",
        "switches": 4,
        "comparisons": 1,
        "step_seconds": [1.0] * STEPS,
        "seconds": 17.0,
        "equal_loudness": True,
        **values,
    }


class Served:
    """`tonecast listen serve`, running."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.process = child("listen", "serve", folder, *options)
        assert self.process.stdout is not None
        self.link = self.process.stdout.readline().strip()
        if not self.link:
            raise AssertionError(self.process.communicate()[1])
        self.parts = urlsplit(self.link)
        self.port = int(self.parts.port or 0)

    def client(self) -> Client:
        return Client(self.port)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        """As Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=120)
        return self.process.returncode


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    """A server on a free port, unless `options` say otherwise."""
    server = Served(folder, *(() if "--port" in options else ("--port", "0")), *options)
    try:
        yield server
    finally:
        server.stop()


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    """Until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not come to pass")
        time.sleep(0.02)


def is_running(process: subprocess.Popen[str]) -> bool:
    return process.poll() is None
