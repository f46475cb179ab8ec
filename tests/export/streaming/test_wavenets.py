"""Dilated convolutions that are the kernels' WaveNet, in the ways that people write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import tonecast
from tonecast.plugin_core.effect_files.contract import Architecture

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

from tonecast.export import module as export_module  # noqa: E402
from tonecast.export.streaming.recognise import Known, recognised  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from tonecast.models.families.wavenet.wavenet import WaveNet  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch.nn.utils.parametrizations import weight_norm  # noqa: E402

SAMPLES = 300
CHANNELS = 4
DILATIONS = (1, 3, 9)


class Causal(nn.Conv1d):
    """Padded on the left."""

    def forward(self, x: Tensor) -> Tensor:
        past = (self.kernel_size[0] - 1) * self.dilation[0]
        return super().forward(functional.pad(x, (past, 0)))


class Gated(nn.Module):
    """After van den Oord 2016: filters and gates, skips that are added, and a deep head."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, CHANNELS, 1)
        self.filters = nn.ModuleList(Causal(CHANNELS, 6, 2, dilation=d) for d in DILATIONS)
        self.gates = nn.ModuleList(Causal(CHANNELS, 6, 2, dilation=d) for d in DILATIONS)
        self.ones = nn.ModuleList(nn.Conv1d(6, CHANNELS, 1) for _ in DILATIONS)
        self.skips = nn.ModuleList(nn.Conv1d(6, 5, 1) for _ in DILATIONS)
        self.head = nn.Sequential(nn.ReLU(), nn.Conv1d(5, 5, 1), nn.ReLU(), nn.Conv1d(5, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        y, skips = self.lift(x), []
        for conv, gate, one, skip in zip(
            self.filters, self.gates, self.ones, self.skips, strict=True
        ):
            z = torch.sigmoid(gate(y)) * torch.tanh(conv(y))
            skips.append(skip(z))
            y = y + one(z)
        return self.head(sum(skips))


class Joined(nn.Module):
    """After PedalNet: both halves from one filter, skips side by side, and the sound added."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, CHANNELS, 1)
        self.convs = nn.ModuleList(
            weight_norm(nn.Conv1d(CHANNELS, 2 * CHANNELS, 3, padding=2 * d, dilation=d))
            for d in DILATIONS
        )
        self.ones = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 1) for _ in DILATIONS)
        self.mix = nn.Conv1d(CHANNELS * len(DILATIONS), 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y, skips = self.lift(x), []
        for conv, one in zip(self.convs, self.ones, strict=True):
            a, b = conv(y)[..., : x.shape[-1]].chunk(2, dim=1)
            z = functional.silu(a) * torch.sigmoid(b)
            skips.append(z)
            y = one(z) + y
        return 0.5 * self.mix(torch.cat(skips, 1)) + x


class Shortening(nn.Module):
    """One padding of the sound, then layers that shorten; a tanh is the last."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(1, CHANNELS, 1)
        self.convs = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 3, dilation=d) for d in DILATIONS)
        self.slopes = nn.ModuleList(nn.PReLU(CHANNELS) for _ in DILATIONS)
        self.out = nn.Conv1d(CHANNELS, 1, 2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.lift(functional.pad(x, (2 * sum(DILATIONS) + 1, 0)))
        for conv, slope in zip(self.convs, self.slopes, strict=True):
            z = slope(conv(y))
            y = y[..., -z.shape[-1] :] + z
        return torch.tanh(self.out(y))


class Temporal(nn.Module):
    """Blocks that are wider than what they hear, by a filter around them; batches are normed."""

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 3, CHANNELS, CHANNELS)
        pairs = list(zip(widths[:-1], widths[1:], DILATIONS, strict=True))
        self.convs = nn.ModuleList(Causal(a, b, 3, dilation=d, bias=False) for a, b, d in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm1d(b) for _, b, _ in pairs)
        self.around = nn.ModuleList(nn.Conv1d(a, b, 1, bias=False) for a, b, _ in pairs)
        self.out = nn.Conv1d(CHANNELS, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        for conv, norm, around in zip(self.convs, self.norms, self.around, strict=True):
            x = functional.leaky_relu(norm(conv(x)), 0.2) + around(x)
        return self.out(x)


def plain() -> nn.Module:
    """A Sequential, with filters by groups."""
    return nn.Sequential(
        Causal(1, CHANNELS, 5),
        nn.Tanh(),
        Causal(CHANNELS, CHANNELS, 3, dilation=4, groups=2),
        nn.Hardswish(),
        Causal(CHANNELS, 1, 2),
    )


class Knobs(nn.Module):
    """Knobs beside the sound, in every layer, and as gain and offset (Perez 2018)."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Conv1d(3, CHANNELS, 1)
        self.convs = nn.ModuleList(Causal(CHANNELS, 2 * CHANNELS, 3, dilation=d) for d in DILATIONS)
        self.mixes = nn.ModuleList(nn.Conv1d(3, 2 * CHANNELS, 1, bias=False) for _ in DILATIONS)
        self.films = nn.ModuleList(nn.Linear(2, 4 * CHANNELS) for _ in DILATIONS)
        self.ones = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 1) for _ in DILATIONS)
        self.out = nn.Conv1d(CHANNELS, 1, 1)

    def forward(self, x: Tensor, drive: Tensor, tone: Tensor) -> Tensor:
        knobs = torch.cat([drive, tone], 1)
        heard = torch.cat([x, knobs[:, :, None].expand(-1, -1, x.shape[-1])], 1)
        y, skips = self.lift(heard), torch.zeros(1)
        for conv, mix, film, one in zip(self.convs, self.mixes, self.films, self.ones, strict=True):
            gain, offset = film(knobs).unsqueeze(-1).chunk(2, 1)
            z = functional.glu((conv(y) + mix(heard)) * gain + offset, 1)
            y, skips = y + one(z), skips + z
        return self.out(skips)


NETS: dict[str, Callable[[], nn.Module]] = {
    "gated": Gated,
    "joined": Joined,
    "shortening": Shortening,
    "temporal": Temporal,
    "plain": plain,
}
DRIVE, TONE = tonecast.Knob(0, 2, 0.4), tonecast.Knob(-1, 1, 0.5)


def made(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(1)
    module = make().eval()
    for buffer in module.buffers():  # what a norm has learned
        if buffer.dim() == 1:
            buffer.uniform_(0.5, 1.5)
    return module


def known(module: nn.Module, **knobs: tonecast.Knob) -> Known | None:
    controls = [knob.control(name) for name, knob in knobs.items()]
    traced = trace(module, {control.name: control.default for control in controls})
    return recognised(traced, controls)


def played(found: Known, sound: Tensor, places: list[float]) -> Tensor:
    """By our own WaveNet of that shape: after zeros in all states, or after silence."""
    network = found.architecture.network
    net = WaveNet(network).double()
    net.load_state_dict({name: weight.double() for name, weight in found.weights.items()})
    silence = net.prewarm_samples
    heard = functional.pad(sound.double(), (silence, 0))[None, None]
    states = [torch.zeros(1, *shape).double() for shape in net.state_shapes().values()]
    with torch.no_grad():
        conditions = [torch.full((1, 1, 1), place).double() for place in places]
        return net.play(heard, states, conditions)[0][0, 0, silence:]


@pytest.mark.parametrize("case", NETS)
def test_wavenet_says_what_the_module_does_from_the_first_sample_on(case: str) -> None:
    module = made(NETS[case])
    found = known(module)
    assert found is not None
    assert found.architecture.name == "wavenet"
    sound = torch.randn(SAMPLES)
    with torch.no_grad():
        whole = module.double()(sound.double()[None, None])[0, 0]
    difference = played(found, sound, []) - whole
    assert whole.abs().max() > 0.1
    assert difference.abs().max() < 1e-6  # weights are rounded once more


def test_wavenet_hears_knobs_by_their_place_in_the_range() -> None:
    module = made(Knobs)
    found = known(module, drive=DRIVE, tone=TONE)
    assert found is not None
    sound = torch.randn(SAMPLES)
    for drive, tone in ((0.0, 1.0), (2.0, -1.0), (0.6, 0.2)):
        with torch.no_grad():
            values = [torch.tensor([[value]]).double() for value in (drive, tone)]
            whole = module.double()(sound.double()[None, None], *values)[0, 0]
        difference = played(found, sound, [drive / 2, (tone + 1) / 2]) - whole
        assert difference.abs().max() < 1e-5 * whole.abs().max()


class Near(nn.Module):
    """Almost such: what is between the convolutions is given."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function
        self.lift = nn.Conv1d(1, CHANNELS, 1)
        self.conv = nn.Conv1d(CHANNELS, CHANNELS, 3, dilation=2)
        self.out = nn.Conv1d(CHANNELS, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.function(x, self.lift, self.conv, self.out)
        return out


pad = functional.pad
OTHERS: dict[str, Callable[..., Tensor]] = {
    "another curve": lambda x, a, b, c: c(functional.softplus(b(pad(a(x), (4, 0))))),
    "a filter that looks ahead": lambda x, a, b, c: c(torch.tanh(b(pad(a(x), (2, 2))))),
    "half of the past is zeros": lambda x, a, b, c: c(
        torch.tanh(b(pad(a(pad(x, (2, 0))), (2, 0))))
    ),
    "a product of two signals": lambda x, a, b, c: c(torch.tanh(b(pad(a(x), (4, 0)))) * a(x)),
    "the newest sample left out": lambda x, a, b, c: c(torch.tanh(b(pad(a(x), (5, -1))))),
    "a weighted sum": lambda x, a, b, c: c(torch.add(a(x), b(pad(a(x), (4, 0))).tanh(), alpha=0.5)),
    "padded by ones": lambda x, a, b, c: c(torch.tanh(b(pad(a(x), (4, 0), value=1.0)))),
    "two signals out of step": lambda x, a, b, c: c(a(x) + pad(a(x), (1, -1))),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_only_looks_like_a_wavenet_is_none(case: str) -> None:
    assert known(made(lambda: Near(OTHERS[case]))) is None


def test_the_same_net_is_one_where_nothing_is_changed() -> None:
    def same(x: Tensor, a: nn.Module, b: nn.Module, c: nn.Module) -> Tensor:
        return c(torch.tanh(b(pad(a(x), (4, 0)))))

    assert known(made(lambda: Near(same))) is not None


def test_knobs_that_rest_elsewhere_need_zeros_in_front() -> None:
    class Before(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mix = nn.Linear(1, CHANNELS)
            self.lift, self.conv = nn.Conv1d(1, CHANNELS, 1), nn.Conv1d(CHANNELS, CHANNELS, 3)
            self.out = nn.Conv1d(CHANNELS, 1, 1)

        def forward(self, x: Tensor, drive: Tensor) -> Tensor:
            y = self.lift(pad(x, (2, 0))) + self.mix(drive)[:, :, None]
            return self.out(torch.tanh(self.conv(y)))

    module = made(Before)
    assert known(module, drive=tonecast.Knob(0, 1, 0.5)) is not None
    assert known(module, drive=tonecast.Knob(0, 1, 0.3)) is None


def test_wavenet_of_ones_own_plays_without_latency(tmp_path: Path) -> None:
    report = tonecast.export(
        made(Knobs), tmp_path / "wavenet.onnx", quiet=True, drive=DRIVE, tone=TONE
    )
    assert report.latency_samples == 0
    assert report.contract.architecture.name == "wavenet"
    assert report.largest_difference < 1e-5
    assert tonecast.verify(tmp_path / "wavenet.onnx").passed  # by ONNX Runtime and by the kernel


def test_network_that_the_kernel_refuses_keeps_its_graph(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    too_large = Known(Architecture("wavenet", network={"arrays": []}), {})
    monkeypatch.setattr(export_module, "recognised", lambda *_: too_large)
    report = tonecast.export(nn.Conv1d(1, 1, 1), tmp_path / "gain.onnx", quiet=True, frame=64)
    assert report.contract.architecture is None
    assert not report.has_kernel
    assert report.latency_samples == 64
