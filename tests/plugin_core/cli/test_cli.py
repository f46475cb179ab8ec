"""The `tonecast` command: what it does, and how it says that it cannot."""

import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from command_line import child, names, write_days_of_silence
from tonecast import Effect, shipped_effects

EFFECT = ("--effect", "resonance-eq")


# effects, info, verify, version


def test_effects_lists_all_of_them_in_plain_lines(tonecast) -> None:
    assert tonecast("effects") == 0
    names = [n for n, entry in shipped_effects().items() if entry.contract.kind == "effect"]
    assert [line.split("\t")[0] for line in tonecast.out.splitlines()] == names


def test_info_tells_ranges_latency_and_origin(tonecast) -> None:
    assert tonecast("info", "resonance-eq") == 0
    for control in Effect("resonance-eq").controls.values():
        assert f"\n{control.name}\t" in tonecast.out
    latency = Effect("resonance-eq").latency_samples(44100)
    assert f"44100 Hz\t{latency}\t{1000 * latency / 44100:.1f}" in tonecast.out
    assert "(automatic by attenuation-live)" in tonecast.out
    assert "GPL-3.0-or-later" in tonecast.out
    assert "of PyTorch" in tonecast.out


def test_info_tells_how_a_predictor_listens(tonecast, predictor) -> None:
    assert tonecast("info", predictor()) == 0
    assert "reads 11025 samples every 0.1 s" in tonecast.out


def test_verify_passes_what_is_shipped(tonecast) -> None:
    assert tonecast("verify", "resonance-eq") == 0
    assert tonecast.out.count(": pass: ") == len(shipped_effects()["resonance-eq"].files)


def test_verify_goes_on_after_a_broken_file(tonecast, folder) -> None:
    Path("broken.onnx").write_bytes(b"nothing of the kind")
    good = shipped_effects()["resonance-eq"].files[48000]
    assert tonecast("verify", "broken.onnx", "missing.onnx", good) == 2
    assert "broken.onnx" in tonecast.err
    assert "missing.onnx" in tonecast.err
    assert ": pass: " in tonecast.out


def test_verify_says_what_differs(tonecast, folder) -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load(shipped_effects()["resonance-eq"].files[48000])
    model.graph.name = "another"
    onnx.save(model, "changed.onnx")
    assert tonecast("verify", "changed.onnx") == 2
    assert "changed.onnx: differs: The graph was changed" in tonecast.out


def test_verify_isolated_opens_no_file_that_ends_another_process(
    tonecast, folder, monkeypatch
) -> None:
    good = shipped_effects()["resonance-eq"].files[48000]
    assert tonecast("verify", "--isolated", good) == 0
    assert ": pass: " in tonecast.out
    monkeypatch.setattr("tonecast.plugin_core.effect_files.trial.PROGRAM", Path("/bin/false"))
    assert tonecast("verify", "--isolated", good, "resonance-eq") == 2
    assert tonecast.out == ""
    assert tonecast.err.count(": it ends the process that plays it; do not use it\n") == 3


def test_version_and_help(tonecast) -> None:
    assert tonecast("--version") == 0
    assert re.fullmatch(r"tonecast \d+\.\d+\.\d+\n", tonecast.out)
    assert tonecast() == 0
    assert "process" in tonecast.out
    assert tonecast("process", "--help") == 0
    assert "--overwrite" in tonecast.out


# process


@pytest.mark.parametrize("extension", ["wav", "flac", "aiff"])
def test_process_is_the_effect(tonecast, song, read_audio, extension) -> None:
    out = Path(f"out.{extension}")
    assert tonecast("process", song, out, *EFFECT, "--set", "attenuation=0.7", "--mix", 0.8) == 0
    expected = Effect("resonance-eq", attenuation=0.7, mix=0.8)(read_audio(song), 48000)
    np.testing.assert_allclose(read_audio(out), expected, atol=2**-23)
    assert names(Path()) == sorted(["song.wav", str(out)])


@pytest.mark.parametrize("extension", ["ogg", "mp3"])
def test_lossy_formats_keep_rate_and_channels(
    tonecast, folder, noise, write_audio, extension
) -> None:
    from pedalboard.io import ReadableAudioFile

    song = write_audio(Path("a.wav"), noise(2, 50_000), 44100)
    assert tonecast("process", song, f"b.{extension}", *EFFECT) == 0
    with ReadableAudioFile(f"b.{extension}") as file:
        assert (file.samplerate, file.num_channels) == (44100, 2)
        assert file.frames >= 50_000


@pytest.mark.parametrize(
    ("rate_hz", "channels", "samples"), [(8000, 1, 1), (22050, 1, 3000), (96000, 8, 40_000)]
)
def test_process_keeps_rate_channels_and_length(
    tonecast, folder, noise, write_audio, read_audio, rate_hz, channels, samples
) -> None:
    song = write_audio(Path("a.wav"), noise(channels, samples), rate_hz)
    assert tonecast("process", song, "b.wav", *EFFECT, "--set", "bypass=on") == 0
    np.testing.assert_array_equal(read_audio(Path("b.wav")), read_audio(song))


@pytest.mark.parametrize(
    ("given", "asked", "extension", "dtype"),
    [
        (16, None, "wav", "int16"),
        (24, None, "flac", "int24"),
        (32, None, "wav", "float32"),
        (32, None, "flac", "int24"),
        (16, 32, "wav", "float32"),
        (24, 16, "wav", "int16"),
    ],
)
def test_bit_depth_is_the_input_s_or_as_asked(
    tonecast, folder, noise, write_audio, given, asked, extension, dtype
) -> None:
    from pedalboard.io import ReadableAudioFile

    song = write_audio(Path("a.wav"), noise(1, 1000), bit_depth=given)
    depth = ("--bit-depth", asked) if asked else ()
    assert tonecast("process", song, f"b.{extension}", *EFFECT, *depth) == 0
    with ReadableAudioFile(f"b.{extension}") as file:
        assert file.file_dtype == dtype


def test_folder_keeps_its_shape(tonecast, folder, noise, write_audio) -> None:
    Path("takes/more").mkdir(parents=True)
    write_audio(Path("takes/a.wav"), noise(1, 1000))
    write_audio(Path("takes/more/b.flac"), noise(1, 1000))
    Path("takes/notes.txt").write_text("not audio")
    assert tonecast("process", "takes", "out", *EFFECT, "--jobs", 2) == 0
    assert names(folder / "out") == ["a.wav", "more/b.flac"]
    assert tonecast("process", "takes", "-o", "mp3s", *EFFECT, "--format", "mp3") == 0
    assert names(folder / "mp3s") == ["a.mp3", "more/b.mp3"]


def test_several_inputs_go_on_after_one_fails(tonecast, song, noise, write_audio) -> None:
    other = write_audio(Path("other.wav"), noise(1, 5000))
    Path("empty.wav").touch()
    assert tonecast("process", "empty.wav", song, "missing.wav", other, "out/", *EFFECT) == 2
    assert names(Path("out")) == ["other.wav", "song.wav"]
    assert tonecast.err.splitlines() == [
        "tonecast: 2 of 4 failed:",
        "tonecast: empty.wav is empty",
        "tonecast: missing.wav: there is no such file",
    ]


def test_outputs_that_would_meet_are_refused(tonecast, folder, noise, write_audio) -> None:
    for name in ("x", "y"):
        Path(name).mkdir()
        write_audio(Path(name, "a.wav"), noise(1, 1000))
    assert tonecast("process", "x/a.wav", "y/a.wav", "out/", *EFFECT) == 2
    assert "x/a.wav" in tonecast.err
    assert "y/a.wav" in tonecast.err


def test_files_are_not_replaced_unasked(tonecast, song) -> None:
    Path("out.wav").write_bytes(b"precious")
    assert tonecast("process", song, "out.wav", *EFFECT) == 2
    assert "out.wav exists; replace it with --overwrite" in tonecast.err
    assert Path("out.wav").read_bytes() == b"precious"
    assert tonecast("process", song, "out.wav", *EFFECT, "--overwrite") == 0
    assert Path("out.wav").read_bytes() != b"precious"


def test_input_is_never_replaced(tonecast, song) -> None:
    kept = song.read_bytes()
    Path("link.wav").symlink_to(song)
    for out in ("song.wav", "./song.wav", "link.wav"):
        assert tonecast("process", song, out, *EFFECT, "--overwrite") == 2
        assert "is an input" in tonecast.err
    assert song.read_bytes() == kept


def test_failed_process_leaves_the_old_output(tonecast, song) -> None:
    Path("out.wav").write_bytes(b"precious")
    song.write_bytes(song.read_bytes()[:-1000])
    assert tonecast("process", song, "out.wav", *EFFECT, "--overwrite") == 2
    assert Path("out.wav").read_bytes() == b"precious"
    assert names(Path()) == ["out.wav", "song.wav"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.wav", b"", "empty.wav is empty"),
        ("text.wav", b"la la la " * 100, "text.wav is not audio that can be read"),
        ("text.mp3", b"la la la " * 100, "text.mp3 is not audio that can be read"),
        ("head.wav", b"RIFF\x24\0\0\0WAVEfmt ", "head.wav is not audio that can be read"),
    ],
)
def test_file_that_is_no_audio_is_refused(tonecast, folder, name, content, message) -> None:
    Path(name).write_bytes(content)
    assert tonecast("process", name, "out.wav", *EFFECT) == 2
    assert tonecast.err.startswith(f"tonecast: {message}")
    assert names(folder) == [name]


@pytest.mark.parametrize("extension", ["wav", "flac", "ogg", "mp3"])
def test_cut_files_are_refused(tonecast, folder, noise, write_audio, extension) -> None:
    song = write_audio(Path(f"a.{extension}"), noise(2, 50_000))
    song.write_bytes(song.read_bytes()[:-5000])
    assert tonecast("process", song, "out.wav", *EFFECT) == 2
    assert "is cut short" in tonecast.err
    assert names(folder) == [song.name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("song.wav", *EFFECT), "no output is given"),
        (("song.wav", "out.wav"), "Missing option '--effect'"),
        (("song.wav", "out.wav", "-e", "chorus"), "no effect named 'chorus'"),
        (("song.wav", "out.wav", "-e", "x.onnx"), "x.onnx"),
        (("song.wav", "out.wav", *EFFECT, "-s", "attenuation=2"), "goes from 0 to 1"),
        (("song.wav", "out.wav", *EFFECT, "-s", "atenuation=1"), "did you mean 'attenuation'"),
        (("song.wav", "out.wav", *EFFECT, "-s", "attenuation"), "CONTROL=VALUE"),
        (("song.wav", "out.wav", *EFFECT, "-s", "delta=0.5"), "switch"),
        (("song.wav", "out.wav", *EFFECT, "--mix", "2"), "mix goes from 0 to 1"),
        (("song.wav", "out.wav", *EFFECT, "--jobs", "0"), "--jobs"),
        (("song.wav", "out", *EFFECT), "name the format by an extension"),
        (("song.wav", "out.m4a", *EFFECT), "name the format by an extension"),
        (("song.wav", "out.flac", *EFFECT, "--bit-depth", "32"), "16 or 24 bits, not 32"),
        (("song.wav", "out.wav", *EFFECT, "--format", "flac"), "--format is for output folders"),
        (("missing.wav", "out.wav", *EFFECT), "missing.wav: there is no such file"),
        (("song.wav", "song.wav/out.wav", *EFFECT), "cannot be written"),
        (("song.wav", "song.wav", "song.wav", *EFFECT), "is a file"),
        ((".", "out/", *EFFECT, "-s", "low_hz=1"), "low_hz goes from 20 to 20000 Hz"),
    ],
)
def test_impossible_process_is_one_line(tonecast, song, arguments, message) -> None:
    assert tonecast("process", *arguments) == 2
    assert message in tonecast.err
    assert tonecast.err.startswith("tonecast: ")
    assert tonecast.err.count("\n") == 1
    assert tonecast.out == ""
    assert names(Path()) == ["song.wav"]


def test_process_lets_a_control_move_and_draws_it(tonecast, song, predictor, read_audio) -> None:
    path = predictor()
    auto = ("--set", f"attenuation=auto:{path}")
    assert tonecast("process", song, "out.wav", *EFFECT, *auto, "--plot", "curve.png") == 0
    audio = read_audio(song)
    expected = Effect("resonance-eq", attenuation=f"auto:{path}")(audio, 48000)
    np.testing.assert_allclose(read_audio("out.wav"), expected, atol=2**-23)
    assert Path("curve.png").read_bytes().startswith(b"\x89PNG")
    assert tonecast("process", song, "again.wav", *EFFECT, *auto, "--plot", "curve.svg") == 0


@pytest.mark.parametrize("samples", [1, 9600])
def test_shortest_sounds_are_drawn_too(
    tonecast, folder, noise, write_audio, predictor, samples
) -> None:
    blip = write_audio(Path("blip.wav"), noise(1, samples))
    auto = ("--set", f"attenuation=auto:{predictor()}")
    assert tonecast("process", blip, "out.wav", *EFFECT, *auto, "--plot", "curve.png") == 0
    assert Path("curve.png").exists()


def test_impossible_plot_is_one_line(tonecast, song, folder, noise, write_audio, predictor) -> None:
    other = write_audio(Path("other.wav"), noise(1, 1000))
    auto = (*EFFECT, "--set", f"attenuation=auto:{predictor()}")
    for arguments, message in (
        ((song, "out.wav", *EFFECT, "--plot", "curve.png"), "set one to auto"),
        ((song, "out.wav", *auto, "--plot", "curve.txt"), "cannot be drawn"),
        ((song, "out.wav", *auto, "--plot", "no/such/curve.png"), "cannot be written"),
        ((song, other, "takes/", *auto, "--plot", "curve.png"), "draws one file"),
        ((song, "out.wav", *EFFECT, "--set", "low_hz=auto"), "low_hz cannot be automatic"),
        ((song, "out.wav", *EFFECT, "--set", "attenuation=auto:x.onnx"), "there is no such file"),
        ((song, "out.wav", "-e", predictor()), "makes no sound by itself"),
    ):
        assert tonecast("process", *arguments) == 2, arguments
        assert message in tonecast.err
        assert tonecast.err.count("\n") == 1
        assert not Path("out.wav").exists()


def test_empty_folder_is_refused(tonecast, folder) -> None:
    Path("takes").mkdir()
    assert tonecast("process", "takes", "out", *EFFECT) == 2
    assert "takes holds no audio files" in tonecast.err


def test_too_many_channels_are_refused_by_file(tonecast, folder, noise, write_audio) -> None:
    song = write_audio(Path("nine.wav"), noise(9, 1000))
    assert tonecast("process", song, "out.wav", *EFFECT) == 2
    assert "nine.wav: 9 channels" in tonecast.err
    assert names(folder) == ["nine.wav"]


def test_nan_is_played_as_silence_and_told(
    tonecast, folder, noise, write_audio, read_audio
) -> None:
    audio = noise(1, 20_000)
    audio[0, 100:103] = [np.nan, np.inf, -np.inf]
    song = write_audio(Path("a.wav"), audio, bit_depth=32)
    assert tonecast("process", song, "b.wav", *EFFECT) == 0
    assert "note: 3 samples of the input are NaN or infinite" in tonecast.out
    assert np.all(np.isfinite(read_audio(Path("b.wav"))))


def test_clipping_is_told_with_the_gain_that_avoids_it(tonecast, song) -> None:
    assert tonecast("process", song, "b.wav", *EFFECT, "--output-gain-db", 24) == 0
    advice = re.search(r"note: the output was clipped.* --output-gain-db (-[\d.]+)", tonecast.out)
    assert advice
    gain_db = 24 + float(advice[1])
    assert tonecast("process", song, "c.wav", *EFFECT, "--output-gain-db", gain_db) == 0
    assert "note" not in tonecast.out
    assert (
        tonecast("process", song, "d.wav", *EFFECT, "--output-gain-db", 24, "--bit-depth", 32) == 0
    )
    assert "note" not in tonecast.out  # float files do not clip


# As a process of its own


def test_real_run_writes_plain_lines(song) -> None:
    run = child("process", song, "out.wav", *EFFECT)
    out, err = run.communicate()
    assert (run.returncode, err) == (0, "")
    assert re.fullmatch(r"song\.wav → out\.wav: 1\.0 s, \d+ × real time\n", out)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_process_leaves_nothing(folder, sign, code) -> None:
    song = write_days_of_silence(Path("song.wav"))
    Path("out.wav").write_bytes(b"precious")
    run = child("process", song, "out.wav", *EFFECT, "--overwrite")
    while not list(folder.glob(".tonecast-*")) and run.poll() is None:
        time.sleep(0.01)
    run.send_signal(sign)
    out, err = run.communicate()
    assert run.returncode == code
    assert out == ""
    assert err.strip() == ("tonecast: stopped" if sign == signal.SIGINT else "")
    assert names(folder) == ["out.wav", "song.wav"]
    assert Path("out.wav").read_bytes() == b"precious"


def test_full_disk_is_one_line_and_leaves_nothing(folder, noise, write_audio) -> None:
    resource = pytest.importorskip("resource")
    song = write_audio(Path("song.wav"), noise(2, 100_000))

    def fill_up() -> None:  # writing beyond the limit fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    run = child("process", song, "out.wav", *EFFECT, preexec_fn=fill_up)
    out, err = run.communicate()
    assert run.returncode == 2
    assert out == ""
    assert err.startswith("tonecast: out.wav cannot be written: ")
    assert err.count("\n") == 1
    assert names(folder) == ["song.wav"]


def test_reader_that_goes_away_sees_no_traceback() -> None:
    run = child("info", "resonance-eq")
    assert run.stdout is not None
    run.stdout.close()
    assert run.stderr is not None
    assert run.stderr.read() == ""
    run.stderr.close()
    run.wait()
