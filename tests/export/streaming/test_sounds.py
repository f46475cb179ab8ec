"""Modules of more than one sound: a side-chain, channels that play together, several outputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tonecast
from pedalboard.io import ReadableAudioFile, WriteableAudioFile
from tonecast import Effect, verify
from tonecast.plugin_core.effect_files.contract import Contract

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export.mono_in import hearing_mean  # noqa: E402
from tonecast.export.telling import Report  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn.functional import pad  # noqa: E402

RATE_HZ = 48_000


class Ducker(nn.Module):
    """Turns its input down where the side-chain, smoothed, is loud."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.smooth = nn.Conv1d(1, 1, 64)
        self.centred = nn.Conv1d(1, 1, 9, padding=4)  # looks ahead, on the way of the input

    def forward(self, x: Tensor, amount: Tensor, sidechain: Tensor) -> Tensor:
        level = self.smooth(pad(sidechain.abs(), (63, 0))).abs()
        return self.centred(x) * torch.exp(-10 * amount[:, :, None] * level)


class Wide(nn.Module):
    """Left and right hear each other, now and before."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.mix = nn.Conv1d(2, 2, 9, padding=4)
        self.cells = nn.GRU(2, 8, batch_first=True)
        self.out = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.cells(x.transpose(1, 2))
        return self.mix(x) + self.out(y).transpose(1, 2)


class Keyed(nn.Module):
    """Returns the part of each sound apart."""

    def forward(self, x: Tensor, sidechain: Tensor, tone: Tensor) -> tuple[Tensor, Tensor]:
        return x * tone[..., None], sidechain - pad(sidechain, (1, 0))[:, :, :-1]


@pytest.fixture(scope="module")
def ducker(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("sounds") / "ducker.onnx"
    report = tonecast.export(Ducker(), path, frame=64, quiet=True, amount=tonecast.Knob(0, 1, 0.5))
    assert isinstance(report, Report)
    return report


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("sounds") / "wide.onnx"
    report = tonecast.export(Wide(), path, frame=64, quiet=True, channels=2)
    assert isinstance(report, Report)
    return report


class Panned(nn.Module):
    """Makes stereo of mono; one side comes later."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.sides = nn.Conv1d(1, 2, 9)

    def forward(self, x: Tensor, width: Tensor) -> Tensor:
        return x + width[..., None] * self.sides(pad(x, (8, 0)))


@pytest.fixture(scope="module")
def panned(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("sounds") / "panned.onnx"
    report = tonecast.export(Panned(), path, frame=64, quiet=True, width=tonecast.Knob(0, 1, 0.5))
    assert isinstance(report, Report)
    return report


@pytest.fixture(scope="module")
def stems(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("sounds") / "stems.onnx"
    report = tonecast.export(
        Keyed(),
        path,
        frame=64,
        quiet=True,
        outputs=("main", "key"),
        tone=tonecast.Knob(0, 2, 1),
    )
    assert isinstance(report, Report)
    return report


def sounds(channels: int, count: int) -> list[np.ndarray]:
    random = np.random.default_rng(3)
    return list(random.uniform(-0.5, 0.5, (count, channels, 6000)).astype(np.float32))


def test_sidechain_is_a_second_sound(ducker: Report) -> None:
    (contract, effect) = (ducker.contract, Effect(ducker.path, amount=0.8))
    assert contract.sidechain and contract.delay_samples == 4 and contract.channels is None
    assert '"version": 5' in contract.to_json()
    assert "it listens to a side-chain; where none is given, to its input" in "".join(
        ducker.lines()
    )
    x, key = sounds(2, 2)
    with torch.no_grad():
        whole = Ducker()(
            torch.from_numpy(x)[:, None], torch.full((2, 1), 0.8), torch.from_numpy(key)[:, None]
        )
        alone = Ducker()(
            torch.from_numpy(x)[:, None], torch.full((2, 1), 0.8), torch.from_numpy(x)[:, None]
        )
    np.testing.assert_allclose(effect(x, RATE_HZ, sidechain=key), whole[:, 0], atol=1e-5)
    np.testing.assert_allclose(effect(x, RATE_HZ), alone[:, 0], atol=1e-5)


def test_records_of_both_sounds_are_played_again(
    ducker: Report, wide: Report, stems: Report
) -> None:
    for report in (ducker, wide, stems):
        assert report.contract == Contract.from_json(report.contract.to_json())
        assert report.contract.whole and verify(report.path).passed


def test_channels_of_a_stereo_net_are_played_together(wide: Report) -> None:
    effect = Effect(wide.path)
    assert wide.contract.channels == 2 and effect.latency_samples(RATE_HZ) == 64 + 4
    assert "2 channels: " in "".join(wide.lines())
    (x,) = sounds(2, 1)
    with torch.no_grad():
        whole = Wide()(torch.from_numpy(x)[None])[0].numpy()
    np.testing.assert_allclose(effect(x, RATE_HZ), whole, atol=1e-5)
    with pytest.raises(tonecast.Error, match="wide plays 2 channels together, not 3"):
        effect(np.zeros((3, 100), np.float32), RATE_HZ)


def test_one_channel_is_heard_by_all_that_play_together(wide: Report) -> None:
    effect = Effect(wide.path)
    ((x,),) = sounds(1, 1)
    expected = effect(np.stack([x, x]), RATE_HZ)
    np.testing.assert_array_equal(effect(x, RATE_HZ), expected)
    np.testing.assert_array_equal(effect(x[None], RATE_HZ), expected)
    np.testing.assert_array_equal(effect(x[:, None], RATE_HZ), expected.T)
    assert effect(x[:0], RATE_HZ).shape == (2, 0)

    effect.reset()
    blocks = [x[None, :500], x[None, 500:502], x[None, 502:]]  # two samples are no two channels
    resumed = [effect(block, RATE_HZ, reset=False) for block in blocks]
    played = np.concatenate(resumed, axis=1)
    np.testing.assert_array_equal(played, expected[:, : played.shape[1]])

    with effect.stream(RATE_HZ, channels=1) as stream:
        late = np.concatenate([stream.process(x), stream.flush()], axis=1)
        np.testing.assert_array_equal(late[:, stream.latency_samples :], expected)
        into = np.empty((2, 100), np.float32)
        assert stream.process(x[:100], out=into) is into
        with pytest.raises(ValueError, match=r"out must be a C-contiguous array of shape \[2, 100"):
            stream.process(x[:100], out=np.empty((1, 100), np.float32))


def test_boards_go_on_in_stereo(wide: Report) -> None:
    ((x,),) = sounds(1, 1)
    wet = Effect(wide.path)(x, RATE_HZ)
    in_a_row = tonecast.Board([Effect(wide.path), tonecast.Board()])
    np.testing.assert_array_equal(in_a_row(x, RATE_HZ), wet)
    beside = tonecast.Mix([tonecast.Board(), Effect(wide.path)])
    np.testing.assert_allclose(beside(x, RATE_HZ), wet + x, atol=1e-6)


def test_mono_file_becomes_a_stereo_file(panned: Report, tmp_path: Path) -> None:
    from tonecast.plugin_core.cli.process.render import render

    ((x,),) = sounds(1, 1)
    with WriteableAudioFile(str(tmp_path / "mono.wav"), RATE_HZ, 1, 32) as file:
        file.write(x)
    render(Effect(panned.path), tmp_path / "mono.wav", tmp_path / "stereo.wav")
    with ReadableAudioFile(str(tmp_path / "stereo.wav")) as file:
        np.testing.assert_array_equal(file.read(file.frames), Effect(panned.path)(x, RATE_HZ))


def test_stereo_is_made_of_mono_and_of_the_mean_of_stereo(panned: Report) -> None:
    assert panned.contract.channels == 2 and verify(panned.path).passed
    assert "it makes stereo of mono; of a stereo sound it hears the mean" in "".join(panned.lines())
    effect = Effect(panned.path)
    (x,) = sounds(2, 1)
    mean = x.mean(0)
    with torch.no_grad():
        whole = Panned()(torch.from_numpy(mean)[None, None], torch.tensor([[0.5]]))[0].numpy()
    np.testing.assert_allclose(effect(x, RATE_HZ), whole, atol=1e-5)
    np.testing.assert_array_equal(effect(mean, RATE_HZ), effect(x, RATE_HZ))
    effect.mix = 0.0
    np.testing.assert_array_equal(effect(x, RATE_HZ), x)  # what is dry stays as wide as it is


class Beside(nn.Module):
    def forward(self, x: Tensor, sidechain: Tensor, level: Tensor) -> Tensor:
        return torch.cat([level * x, sidechain], 1)


def test_stereo_of_mono_hears_the_mean_of_a_sidechain_too() -> None:
    x, key = (torch.from_numpy(sound)[None] for sound in sounds(2, 2))
    with torch.no_grad():
        played = hearing_mean(Beside())(x, sidechain=key, level=torch.tensor([[[2.0]]]))
    assert torch.equal(played, torch.stack([2 * x.mean(1), key.mean(1)], 1))


def test_outputs_are_mixed_by_knobs(stems: Report) -> None:
    assert [control.name for control in stems.contract.controls] == ["tone", "main", "key"]
    x, key = sounds(1, 2)
    with torch.no_grad():
        parts = Keyed()(
            torch.from_numpy(x)[:, None], torch.from_numpy(key)[:, None], torch.tensor([[2.0]])
        )
    main, difference = (part[:, 0].numpy() for part in parts)
    for gains in ((1.0, 1.0), (0.0, 1.0), (0.5, 0.0)):
        effect = Effect(stems.path, tone=2.0, main=gains[0], key=gains[1])
        expected = gains[0] * main + gains[1] * difference
        np.testing.assert_allclose(effect(x, RATE_HZ, sidechain=key), expected, atol=1e-5)


class Three(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, x, x], 1)


class AlongTheBatch(nn.Module):
    def forward(self, x: Tensor, key: Tensor) -> Tensor:
        return x * key


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        (Three(), {}, "forward\\(\\) returns 3 channels for 1; return as many"),
        (Three(), {"outputs": ("a", "b")}, "returns 3 sounds, and outputs= names 2; name each"),
        (Three(), {"outputs": ("a", "a", "b")}, "two knobs would be called 'a'; give outputs"),
        (Three(), {"channels": 9}, "channels=9 cannot be played together; give 1 to 8"),
        (Wide(), {}, "it takes two channels: if it plays them together, export it with channels=2"),
        (
            AlongTheBatch(),
            {},
            "forward\\(\\) needs 'key'; .* or call it 'sidechain' if it is a sec",
        ),
        (
            Keyed(),
            {"sidechain": tonecast.Knob(0, 1, 1), "tone": tonecast.Knob(0, 1, 1)},
            "a knob cannot be called 'sidechain'",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    tmp_path: Path, module: nn.Module, options: dict[str, object], message: str
) -> None:
    with pytest.raises(tonecast.Error, match=message):
        tonecast.export(module, tmp_path / "it.onnx", quiet=True, **options)
    assert not list(tmp_path.iterdir())
