"""Modules of more than one sound: a side-chain, channels that play together, several outputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast import Effect, verify
from tonecast.plugin_core.effect_files.contract import Contract

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

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
    for channels in (1, 3):
        with pytest.raises(tonecast.Error, match=f"wide plays 2 channels together, not {channels}"):
            effect(np.zeros((channels, 100), np.float32), RATE_HZ)


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
