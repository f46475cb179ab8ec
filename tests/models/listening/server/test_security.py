"""What an attacker would try against a study that is served, and what comes of it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_study import write_fake_study
from study_server import Client, Served, an_answer, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    write_fake_study(folder, 3, 0.05)
    return folder


@pytest.fixture(scope="module")
def local(folder: Path) -> Iterator[Served]:
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="module")
def remote(folder: Path) -> Iterator[Served]:
    with serving(folder, "--host", "0.0.0.0") as server:
        yield server


PATHS = [
    "/../study.json",
    "/page/../../study.json",
    "/page/%2e%2e/%2e%2e/study.json",
    "/page/..%2f..%2fstudy.json",
    "/page//etc/passwd",
    "/page/texts/../main.js%00.html",
    "/answers.sqlite3",
    "/page/answers.sqlite3",
    "/token",
    "/api/sounds/0/../../noise",
    "/api/sounds/-1/0",
    "/api/sounds/0/17",
    "/api/sounds/9/0",
    "/api/sounds/0/0%2f..%2fstudy.json",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_the_study(path: str, local: Served) -> None:
    rater = local.client().join(f"path{PATHS.index(path)}")
    assert rater("GET", path).status in (404, 405)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_do_nothing(method: str, local: Served) -> None:
    assert local.client()(method, "/api/study").status == 405


@pytest.mark.parametrize("key", ["", "AAAA-AAAA-AAAA-AAAA", "' OR 1=1 --", "é", "x" * 5000])
def test_forged_key_opens_nothing(key: str, local: Served) -> None:
    forged = Client(local.port, {"X-Rater-Key": key.encode("utf-8").decode("latin-1")})
    for method, path, body in (
        ("POST", "/api/session", {}),
        ("POST", "/api/answers", an_answer(0, 3)),
        ("GET", "/api/sounds/0/0", None),
    ):
        assert forged(method, path, body).status in (401, 429)


def test_raters_see_no_answers_but_their_own(local: Served) -> None:
    ann, bob = local.client().join("ann-1"), local.client().join("bob-1")
    assert ann("POST", "/api/answers", an_answer(0, 3, comment="mine")).status == 200
    assert ann.session()["answers"] == {"0": {"step": 3, "scores": [], "comment": "mine"}}
    assert bob.session()["answers"] == {}
    # A number that another has used does not show or change the other's answer.
    taken = an_answer(1, 5)
    ann("POST", "/api/answers", taken)
    bob("POST", "/api/answers", {**taken, "step": 9})
    assert ann.session()["answers"]["1"]["step"] == 5


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{" + b" " * 20_000 + b"}", 413),
        (b"not json", 400),
        (b"[]", 400),
        (b"[" * 10_000, 400),
        (b'{"code": 3, "language": "en", "consent": true}', 400),
        (b'{"code": "x", "language": ["en"], "consent": true}', 400),
        (b'{"code": "x", "language": "en", "consent": "yes"}', 400),
        (b'{"code": "x", "language": "xx", "consent": true}', 400),
        (b'{"code": "x", "language": "en", "consent": true, "kind": "dog"}', 400),
        (b'{"code": "\\ud800", "language": "en", "consent": true}', 400),
    ],
)
def test_hostile_body_is_refused(body: bytes, status: int, local: Served) -> None:
    reply = local.client()("POST", "/api/raters", body, {"Content-Type": "application/json"})
    assert reply.status == status
    assert reply.json["message"]


def test_form_of_another_page_is_refused(local: Served) -> None:
    """Browsers send forms and plain text to anywhere without asking; JSON they do not."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        body = b'{"code": "eve", "language": "en", "consent": true}'
        assert local.client()("POST", "/api/raters", body, {"Content-Type": kind}).status == 415


def test_name_that_leads_here_is_refused(local: Served) -> None:
    """DNS rebinding: a page of evil.example whose name has become 127.0.0.1."""
    for host in ("evil.example", f"evil.example:{local.port}", "127.0.0.1.evil.example", ""):
        assert local.client()("GET", "/api/study", headers={"Host": host}).status in (400, 421)
    for host in (f"localhost:{local.port}", "127.0.0.1", f"[::1]:{local.port}"):
        assert local.client()("GET", "/api/study", headers={"Host": host}).status == 200


def test_html_stays_text(local: Served) -> None:
    assert local.client()(
        "POST", "/api/raters", {"code": "<img src=x>", "language": "en", "consent": True}
    ).status == 400  # fmt: skip
    ann = local.client().join("ann-2")
    comment = "<script>alert(1)</script>\x00\x1b[31m\ud800"
    ann("POST", "/api/answers", an_answer(0, 3, comment=comment))
    reply = ann("POST", "/api/session", {})
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.json["answers"]["0"]["comment"] == "<script>alert(1)</script>[31m?"


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/api/study", "/api/noise", "/nowhere"])
def test_every_response_has_the_policy(path: str, local: Served) -> None:
    headers = local.client()("GET", path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # no other place
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_link_to_other_computers_needs_its_token(remote: Served, folder: Path) -> None:
    token = remote.parts.fragment
    assert len(token) >= 32
    right = Client(remote.port, {"X-Study-Token": token})
    assert right("GET", "/api/study").status == 200
    rater = right.join("ann-3")
    for wrong in ("", token[:-1], token + "x", token.swapcase()):
        client = Client(remote.port, {**rater.headers, "X-Study-Token": wrong})
        assert client("GET", "/api/study").json["error"] == "wrong_token"
        assert client("POST", "/api/session", {}).status == 401
    assert stat.S_IMODE((folder / "token").stat().st_mode) == 0o600


def test_guessing_is_slowed_down(folder: Path) -> None:
    with serving(folder, "--host", "0.0.0.0") as server:
        client = Client(server.port, {"X-Study-Token": "wrong"})
        statuses = [client("GET", "/api/study").status for _ in range(25)]
        assert statuses[:20] == [401] * 20
        assert statuses[-1] == 429
        right = Client(server.port, {"X-Study-Token": server.parts.fragment})
        reply = right("GET", "/api/study")  # from the same address, it has to wait as well
        assert (reply.status, reply.json["error"]) == (429, "too_many")
        assert int(reply.headers["retry-after"]) >= 1


def test_answers_cannot_flood_the_disk(local: Served) -> None:
    ann = local.client().join("ann-4")
    statuses = [ann("POST", "/api/answers", an_answer(0, 3)).status for _ in range(80)]
    assert statuses[:60] == [200] * 60
    assert 429 in statuses
