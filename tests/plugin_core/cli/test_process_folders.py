"""A run goes on whatever one file does to it, and writes nothing that was not named for it."""

import os
import resource
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command_line import child, names, write_days_of_silence
from papers import PAPERS
from tonecast.plugin_core.audio_files import files
from tonecast.plugin_core.cli.process import run as process_run

EFFECT = ("--effect", "low-shelf")
AUTO = ("--effect", "resonance-eq", "--set", "attenuation=auto")


@pytest.fixture
def takes(folder, noise, write_audio) -> Path:
    """A folder of three good files."""
    Path("takes").mkdir()
    for name in ("a", "b", "c"):
        write_audio(Path(f"takes/{name}.wav"), noise(2, 3000))
    return Path("takes")


# Whatever happens to one file


@pytest.mark.parametrize("channels", [2, 3, 8])
def test_block_may_be_square(tonecast, takes, noise, read_audio, channels) -> None:
    """Two samples of stereo: pedalboard cannot tell samples from channels, and raises."""
    for samples in (channels - 1, channels, channels + 1):
        soundfile.write(takes / f"b{samples}.wav", noise(channels, samples).T, 48000)
    assert tonecast("process", takes, "out", *EFFECT, "--set", "bypass=on") == 0
    for name in names(takes):
        np.testing.assert_array_equal(read_audio(Path("out", name)), read_audio(takes / name))


def test_name_need_not_be_text(tonecast, takes) -> None:
    odd = Path(os.fsdecode(b"takes/\xff\xfe.wav"))
    (takes / "b.wav").rename(odd)
    assert tonecast("process", takes, "out", *EFFECT) == 0
    assert names(Path("out")) == ["a.wav", "c.wav", odd.name]
    assert r"takes/\udcff\udcfe.wav" in tonecast.out


@pytest.mark.parametrize("length", [240, 251])
def test_name_may_be_as_long_as_names_can_be(tonecast, takes, length) -> None:
    name = "x" * length + ".wav"
    (takes / "b.wav").rename(takes / name)
    assert tonecast("process", takes, "out", *EFFECT) == 0
    assert name in names(Path("out"))


@pytest.mark.parametrize(
    "error",
    [RuntimeError("lost\nsync"), MemoryError(), TypeError("bad"), KeyError("x"), OSError(5, "x")],
)
def test_whatever_a_library_raises_is_one_line_for_its_file(
    tonecast, takes, monkeypatch, error
) -> None:
    open_audio = files.open_audio

    def opened(path, *more):
        if path.name == "b.wav":
            raise error
        return open_audio(path, *more)

    monkeypatch.setattr("tonecast.plugin_core.cli.process.render.open_audio", opened)
    assert tonecast("process", takes, "out", *EFFECT) == 2
    assert names(Path("out")) == ["a.wav", "c.wav"]
    first, second = tonecast.err.splitlines()
    assert first == "tonecast: 1 of 3 failed:"
    assert second.startswith(f"tonecast: takes/b.wav could not be played: {type(error).__name__}")


def test_aiff_cannot_hold_more_than_4_gb_and_the_others_are_played(
    tonecast, takes, write_audio, noise
) -> None:
    """Five gigabytes, of which the file system stores next to nothing."""
    write_audio(takes / "b.wav", noise(1, 100), 48000, bit_depth=16)
    whole = bytearray((takes / "b.wav").read_bytes())
    at = whole.index(b"data") + 4
    whole[at : at + 4] = b"\xff" * 4  # as long as the file is
    (takes / "b.wav").write_bytes(whole)
    os.truncate(takes / "b.wav", 5 * 10**9)
    assert tonecast("process", takes, "out", *EFFECT, "--format", "aiff") == 2
    assert "b.aiff: AIFF holds at most 4 GB, and these are 5.0 GB; write WAV" in tonecast.err
    assert names(Path("out")) == ["a.aiff", "c.aiff"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("jobs", [1, 3])
def test_full_standard_output_keeps_no_file_from_being_played(takes, jobs) -> None:
    with Path("/dev/full").open("w") as full:
        run = child("process", takes, "out", *EFFECT, "--jobs", jobs, stdout=full)
        _, err = run.communicate()
    assert run.returncode == 2
    assert err == "tonecast: standard output cannot be written: No space left on device\n"
    assert names(Path("out")) == ["a.wav", "b.wav", "c.wav"]


def test_full_disk_is_one_line_for_the_file_that_does_not_fit(takes, noise, write_audio) -> None:
    write_audio(takes / "b.wav", noise(2, 100_000))

    def fill_up() -> None:  # writing beyond the limit fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    run = child("process", takes, "out", *EFFECT, preexec_fn=fill_up)
    _, err = run.communicate()
    assert run.returncode == 2
    assert err.splitlines()[1:] == ["tonecast: out/b.wav cannot be written: File too large"]
    assert names(Path("out")) == ["a.wav", "c.wav"]


# Signals


@pytest.mark.parametrize(
    "signals",
    [
        (signal.SIGINT, signal.SIGTERM),
        (signal.SIGTERM, signal.SIGINT),
        (signal.SIGINT,) * 2,
        (signal.SIGTERM,) * 2,
        (signal.SIGINT,) * 20,
        (signal.SIGHUP,),
        (signal.SIGHUP, signal.SIGTERM),
    ],
    ids=lambda signals: "+".join(one.name for one in signals[:2]) + f"x{len(signals)}",
)
@pytest.mark.parametrize("pause_s", [0, 0.02])
def test_any_signals_end_a_run_with_nothing_left(folder, signals, pause_s) -> None:
    for name in ("a.wav", "b.wav"):
        write_days_of_silence(Path(name))
    Path("out").mkdir()
    run = child("process", "a.wav", "b.wav", "out/", *EFFECT, "--jobs", 2)
    while len(list(folder.glob("out/.tonecast-*"))) < 2 and run.poll() is None:
        time.sleep(0.01)
    for number in signals:
        run.send_signal(number)
        time.sleep(pause_s)
    out, err = run.communicate()
    # The last ones may meet an interpreter that is going already.
    assert run.returncode in {code for number in signals for code in (128 + number, -number)}
    assert (out, err.strip()) in {("", ""), ("", "tonecast: stopped")}
    assert names(folder) == ["a.wav", "b.wav"]


def test_run_that_waits_for_a_pipe_ends_at_a_signal(folder) -> None:
    os.mkfifo("never.wav")
    run = child("process", "never.wav", "out.wav", *EFFECT)
    writer = None
    while writer is None:
        with suppress(OSError):  # nobody reads yet
            writer = os.open("never.wav", os.O_WRONLY | os.O_NONBLOCK)
    run.send_signal(signal.SIGTERM)
    run.communicate()
    os.close(writer)
    assert run.returncode == 143
    assert names(folder) == []


def test_hangup_is_ignored_under_nohup(song) -> None:
    def nohup() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    run = child("process", song, "out.wav", *EFFECT, preexec_fn=nohup)
    run.send_signal(signal.SIGHUP)
    _, err = run.communicate()
    assert (run.returncode, err) == (0, "")


# Which files are played, and which are written


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("process", "", "out.wav", *EFFECT), "after process"),
        (("process", "a.wav", "", *EFFECT), "after a.wav"),
        (("process", "a.wav", "out.wav", "--effect", ""), "after --effect"),
        (("process", "a.wav", "--out=", *EFFECT), "of --out"),
        (("process", "a.wav", "out.wav", *EFFECT, "--plot", ""), "after --plot"),
        (("demo", "--out", ""), "after --out"),
        (("verify", ""), "after verify"),
        (("", "a.wav"), "at the beginning"),
    ],
)
def test_empty_argument_is_no_folder(tonecast, folder, noise, write_audio, arguments, what) -> None:
    write_audio(Path("a.wav"), noise(1, 1000))
    assert tonecast(*arguments) == 2
    assert tonecast.err == f"tonecast: the argument {what} is empty; is a variable not set?\n"
    assert names(folder) == ["a.wav"]


@pytest.mark.parametrize("inputs", [("takes/a.wav", "takes/b.wav"), ("takes",), (".",)])
@pytest.mark.parametrize("out", ["x.wav", "x.FLAC", "new/x.mp3"])
def test_no_folder_is_made_where_a_file_was_named(tonecast, takes, inputs, out) -> None:
    assert tonecast("process", *inputs, out, *EFFECT) == 2
    assert f"for a folder of that name write {out}/" in tonecast.err
    assert not Path(out).exists()
    assert tonecast("process", *inputs, f"{out}/", *EFFECT) == 0
    assert Path(out).is_dir()


@pytest.mark.parametrize("out", ["takes/out", "takes/more/out/", "./takes/../takes/out"])
def test_run_does_not_play_its_own_outputs(tonecast, takes, out) -> None:
    assert tonecast("process", takes, out, *EFFECT) == 0
    first = names(takes)
    assert tonecast("process", takes, out, *EFFECT) == 2
    assert tonecast.err.count("exists; replace it with --overwrite") == 3
    assert tonecast("process", takes, out, *EFFECT, "--overwrite") == 0
    assert names(takes) == first
    assert len(first) == 6


def test_output_folder_among_the_inputs_is_none_of_them(tonecast, takes) -> None:
    """`tonecast process takes/* takes/out/`, for the second time."""
    inputs = ("takes/a.wav", "takes/b.wav", "takes/c.wav")
    assert tonecast("process", *inputs, "takes/out/", *EFFECT) == 0
    again = (*inputs, "takes/out", "takes/out/")
    assert tonecast("process", *again, *EFFECT, "--overwrite") == 2
    assert "takes/out is the output folder; what it holds is no input" in tonecast.err
    assert len(names(takes)) == 6


def test_file_that_appears_meanwhile_stays(tonecast, song, monkeypatch) -> None:
    render = process_run.render

    def slow(*arguments, **options):
        def on_progress(played_s: float, total_s: float) -> None:
            Path("out.wav").write_bytes(b"precious")

        return render(*arguments[:4], on_progress, **options)

    monkeypatch.setattr(process_run, "render", slow)
    assert tonecast("process", song, "out.wav", *EFFECT) == 2
    assert "out.wav exists" in tonecast.err
    assert Path("out.wav").read_bytes() == b"precious"
    assert names(Path()) == ["out.wav", "song.wav"]


def test_picture_is_not_replaced_unasked(tonecast, song) -> None:
    Path("curve.png").write_bytes(b"precious")
    arguments = ("process", song, "out.wav", *AUTO, "--plot", "curve.png")
    assert tonecast(*arguments) == 2
    assert tonecast.err == "tonecast: curve.png exists; replace it with --overwrite\n"
    assert names(Path()) == ["curve.png", "song.wav"]
    assert tonecast(*arguments, "--overwrite") == 0
    assert Path("curve.png").read_bytes().startswith(b"\x89PNG")


def test_links_in_a_circle_are_one_line(tonecast, takes) -> None:
    (takes / "circle.wav").symlink_to("circle.wav")
    assert tonecast("process", takes / "circle.wav", "out.wav", *EFFECT) == 2
    assert tonecast.err.startswith("tonecast: takes/circle.wav cannot be read: Too many levels")
    assert tonecast("process", takes, takes / "out", *EFFECT) == 0
    assert names(takes / "out") == ["a.wav", "b.wav", "c.wav"]


def test_name_is_that_of_the_file_that_keeps_its_format(tonecast, takes, noise) -> None:
    soundfile.write(takes / "a.opus", noise(1, 48000).T, 48000, "OPUS", format="OGG")
    assert tonecast("process", takes, "out", *EFFECT) == 2
    assert "takes/a.opus and takes/a.wav would both go to out/a.wav" in tonecast.err
    assert soundfile.info("out/a.wav").frames == 3000


def test_link_to_nothing_counts_as_a_file(tonecast, song) -> None:
    Path("out.wav").symlink_to("gone.wav")
    assert tonecast("process", song, "out.wav", *EFFECT) == 2
    assert "out.wav exists" in tonecast.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("bench", "identity", "--duration", "0.01", "--json", "precious"),
        ("bench", "identity", "--duration", "0.01", "--plot", "precious.png"),
        ("export", "box.pt", "precious.onnx"),
    ],
)
def test_no_command_replaces_a_file_unasked(tonecast, folder, arguments) -> None:
    Path(arguments[-1]).write_bytes(b"precious")
    assert tonecast(*arguments) == 2
    assert tonecast.err == f"tonecast: {arguments[-1]} exists; replace it with --overwrite\n"
    assert Path(arguments[-1]).read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["before.wav", "after.wav", "removed.wav", "spectrogram.png"])
def test_demo_replaces_nothing_unasked(tonecast, folder, name) -> None:
    Path("demo").mkdir()
    Path("demo", name).write_bytes(b"precious")
    assert tonecast("demo") == 2
    assert f"demo/{name} exists; replace it with --overwrite" in tonecast.err
    assert names(folder) == [f"demo/{name}"]


def test_export_writes_effect_files_only(tonecast, song) -> None:
    kept = song.read_bytes()
    for more in ((), ("--overwrite",)):
        assert tonecast("export", "box.pt", song, *more) == 2
        assert "song.wav is no name of an effect file or a capture" in tonecast.err
    assert song.read_bytes() == kept


# What is told about the sound


def test_scale_of_integers_is_told_once_and_no_clipping(tonecast, folder, noise) -> None:
    integers = np.rint(32767 * noise(1, 20_000) / 0.6).astype(np.float32)
    soundfile.write("a.wav", integers.T, 48000, "FLOAT")
    assert tonecast("process", "a.wav", "b.wav", *EFFECT) == 0
    assert tonecast.err == ""
    assert tonecast.out.count("note:") == tonecast.out.count("16-bit integers") == 1
    assert "look like 16-bit integers; divide them by 32768" in tonecast.out
    assert "clipped" not in tonecast.out


def test_lost_band_is_told_once(tonecast, song) -> None:
    assert tonecast("process", song, "b.wav", "--effect", PAPERS["eq-lowshelf"]) == 0
    note = "note: eq-lowshelf plays up to 8 kHz; what is above is lost"
    assert tonecast.out.count(note) == tonecast.out.count("note:") == 1
    assert tonecast.err == ""
    assert tonecast("process", song, "c.wav", *EFFECT) == 0
    assert "note" not in tonecast.out


# Pipes


def feed(path: str, content: bytes) -> threading.Thread:
    writer = threading.Thread(target=lambda: Path(path).write_bytes(content))
    writer.start()
    return writer


def test_named_pipes_are_played_and_written(tonecast, song, read_audio) -> None:
    os.mkfifo("in.wav")
    os.mkfifo("out.wav")
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(Path("out.wav").read_bytes()))
    reader.start()
    writer = feed("in.wav", song.read_bytes())
    assert tonecast("process", "in.wav", "out.wav", *EFFECT) == 0
    writer.join()
    reader.join()
    assert tonecast("process", song, "wanted.wav", *EFFECT) == 0
    assert heard == [Path("wanted.wav").read_bytes()]
    assert Path("out.wav").is_fifo()


@pytest.mark.parametrize("extension", ["wav", "flac"])
def test_dash_is_standard_input_and_output(song, extension) -> None:
    run = child("process", "-", "-", *EFFECT, "--format", extension, stdin=-1, text=False)
    heard, err = run.communicate(song.read_bytes())
    assert run.returncode == 0
    assert b"/dev/stdin \xe2\x86\x92 /dev/stdout: 1.0 s" in err
    run = child("process", song, f"wanted.{extension}", *EFFECT)
    run.communicate()
    assert heard == Path(f"wanted.{extension}").read_bytes()


def test_standard_input_may_be_a_file_or_nothing(song) -> None:
    with song.open("rb") as file:
        run = child("process", "/dev/stdin", "out.wav", *EFFECT, stdin=file)
        _, err = run.communicate()
    assert (run.returncode, err) == (0, "")
    run = child("process", "-", "again.wav", *EFFECT, stdin=-1)
    _, err = run.communicate("")
    assert (run.returncode, err) == (2, "tonecast: /dev/stdin is empty\n")
    run = child("process", "-", "again.wav", *EFFECT, stdin=-3)
    _, err = run.communicate()
    assert (run.returncode, err) == (
        2, "tonecast: /dev/stdin is a device, not an audio file\n"
    )  # fmt: skip
    assert not Path("again.wav").exists()


def test_reader_of_standard_output_may_go_away(song) -> None:
    run = child("process", song, "-", *EFFECT)
    assert run.stdout is not None
    run.stdout.close()
    assert run.stderr is not None
    err = run.stderr.read()
    run.stderr.close()
    assert run.wait() == 2
    assert err == "tonecast: /dev/stdout cannot be written: Broken pipe\n"


def test_pipe_is_not_drawn(tonecast, folder) -> None:
    os.mkfifo("in.wav")
    assert tonecast("process", "in.wav", "out.wav", *AUTO, "--plot", "curve.png") == 2
    assert "which a pipe does not allow" in tonecast.err
