"""`tonecast listen serve`: what its process survives, and what it refuses to begin with."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from http.client import HTTPSConnection
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command_line import Tonecast
from made_study import write_fake_study
from study_server import Client, Served, an_answer, serving
from system_packages import needs
from tonecast.models.listening.study.study import Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return write_fake_study(tmp_path, 3, 0.05)


@pytest.fixture
def tonecast(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tonecast:
    return Tonecast(capsys, monkeypatch)


def refused(tonecast: Tonecast, *arguments: object) -> str:
    """The one line that says why nothing is served."""
    assert tonecast("listen", "serve", *arguments) == 2
    assert tonecast.err.count("\n") == 1 + tonecast.err.count("note:")
    return tonecast.err


def test_killed_server_has_lost_nothing(study: Study, tmp_path: Path) -> None:
    server = Served(tmp_path, "--port", "0")
    ann = server.client().join("ann")
    order = ann.session()["positions"]
    for position, step in ((0, 3), (1, None)):
        assert ann("POST", "/api/answers", an_answer(position, step)).status == 200
    server.kill()
    with serving(tmp_path) as again:
        session = Client(again.port, ann.headers).session()
        assert session["positions"] == order
        assert {i: one["step"] for i, one in session["answers"].items()} == {"0": 3, "1": None}
        assert session["tab"] == 2


def test_raters_answer_at_once_and_none_is_lost(study: Study, tmp_path: Path) -> None:
    with serving(tmp_path) as server:

        def take_part(number: int) -> None:
            rater = server.client().join(f"r{number}")
            for position in range(len(rater.session()["positions"])):
                rater("POST", "/api/answers", an_answer(position, number % 17))

        threads = [threading.Thread(target=take_part, args=(i,)) for i in range(12)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        for i in range(12):
            reply = server.client()(
                "POST", "/api/raters", {"code": f"R{i}", "language": "en", "consent": True}
            )
            assert reply.json["error"] == "code_taken"
    from tonecast.models.listening.results.held import read_held

    held = read_held(tmp_path, "human")
    assert len(held.given) == 12 * 3
    assert all(one.answer.step == int(one.rater[1:]) % 17 for one in held.given)


def test_sound_is_the_step_of_the_track_at_the_position(study: Study, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        ann = server.client().join("ann")
        made = {one.read_bytes() for one in (tmp_path / "audio").glob("*-05.flac")}
        sent = [ann("GET", f"/api/sounds/{i}/5") for i in range(3)]
        assert {one.body for one in sent} == made
        assert sent[0].headers["content-type"] == "audio/flac"
        as_wav = ann("GET", "/api/sounds/0/5?as=wav")
        flac, wav = (
            soundfile.read(BytesIO(one.body), dtype="int16")[0] for one in (sent[0], as_wav)
        )
        assert np.array_equal(flac, wav)


def test_sound_that_changed_is_not_played(study: Study, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        ann = server.client().join("ann")
        for one in (tmp_path / "audio").glob("*-05.flac"):
            held = bytearray(one.read_bytes())
            held[-1] ^= 1
            one.write_bytes(bytes(held))
        reply = ann("GET", "/api/sounds/0/5")
        assert (reply.status, reply.json["error"]) == (500, "sound_missing")


def test_port_in_use_is_said_in_one_line(study: Study, tmp_path: Path, tonecast: Tonecast) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} is in use; choose another with --port" in (
            refused(tonecast, tmp_path, "--port", port)
        )


def test_study_that_is_none_is_refused(tmp_path: Path, tonecast: Tonecast) -> None:
    assert "is no study that has been made" in refused(tonecast, tmp_path)
    assert "is no study" in refused(tonecast, tmp_path / "nowhere")


def test_missing_sound_is_refused_before_anybody_sits_down(
    study: Study, tmp_path: Path, tonecast: Tonecast
) -> None:
    (tmp_path / "audio" / "t001-04.flac").unlink()
    assert "t001-04.flac is missing; run tonecast listen make again" in refused(tonecast, tmp_path)


def test_address_of_another_computer_is_refused(
    study: Study, tmp_path: Path, tonecast: Tonecast
) -> None:
    assert "192.0.2.1" in refused(tonecast, tmp_path, "--host", "192.0.2.1", "--port", "0")
    assert "no address of this computer" in refused(tonecast, tmp_path, "--host", "no.such.invalid")


def test_ctrl_c_ends_it_well(study: Study, tmp_path: Path) -> None:
    server = Served(tmp_path, "--port", "0")
    assert server.parts.hostname == "127.0.0.1"
    assert not server.parts.fragment
    assert server.stop() == 0


@pytest.mark.slow
@needs("openssl")
def test_certificate_makes_it_https(study: Study, tmp_path: Path, tonecast: Tonecast) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
         certificate, "-days", "2", "-subj", "/CN=localhost"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    with serving(tmp_path, "--certificate", str(certificate), "--key", str(key)) as server:
        assert server.parts.scheme == "https"
        trusted = ssl.create_default_context(cafile=certificate)
        trusted.check_hostname = False
        connection = HTTPSConnection("127.0.0.1", server.port, context=trusted)
        connection.request("GET", "/api/study")
        assert connection.getresponse().status == 200
        connection.close()
    assert "go together" in refused(tonecast, tmp_path, "--certificate", certificate)
    assert "cannot be used as a certificate" in (
        refused(tonecast, tmp_path, "--certificate", key, "--key", key)
    )
