"""`tonecast.export`: one call from a module to a live effect, or one line that says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast.plugin_core.effect_files.contract import Contract

torch = pytest.importorskip("torch", reason="exports need PyTorch: pip install 'tonecast[train]'")
pytest.importorskip("onnxscript", reason="exports need onnxscript")

import whole_nets as nets  # noqa: E402
from tonecast.export.effect import rewrite_contract  # noqa: E402
from tonecast.export.streaming.recognise import recognised  # noqa: E402
from tonecast.export.streaming.trace import trace  # noqa: E402
from tonecast.export.telling import Report  # noqa: E402
from torch import Tensor, nn  # noqa: E402

RATE_HZ = 48_000


def driven() -> nn.Module:
    torch.manual_seed(1)
    return nets.Driven()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("own") / "my_Drive 2.onnx"
    knob = tonecast.Knob(0, 1, 0.7, label="Gain")
    report = tonecast.export(driven(), path, sample_rate=RATE_HZ, quiet=True, drive=knob)
    assert isinstance(report, Report)
    return report


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Report:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("ahead") / "ahead.onnx"
    report = tonecast.export(nets.Ahead(), path, frame=96, quiet=True)
    assert isinstance(report, Report)
    return report


def test_effect_plays_what_the_module_does(made: Report) -> None:
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, 5000).astype(np.float32)
    with torch.no_grad():
        whole = driven().eval()(torch.from_numpy(sound)[None, None], torch.tensor([[0.7]]))[0, 0]
    played = tonecast.Effect(made.path)(sound, RATE_HZ)
    assert np.abs(played - whole.numpy()).max() < 1e-5


def test_contract_is_filled_in(made: Report) -> None:
    contract = made.contract
    assert (contract.name, contract.label) == ("my-drive-2", "My drive 2")
    (control,) = contract.controls
    assert (control.name, control.label, control.default) == ("drive", "Gain", 0.7)
    assert contract.provenance.data == "not stated"
    assert contract.form == "causal"
    assert len(contract.whole) == 3  # at rest, and at both ends of the knob
    assert tonecast.verify(made.path).passed


def test_look_ahead_becomes_latency_and_the_dry_sound_waits(ahead: Report) -> None:
    assert ahead.contract.delay_samples == 12
    effect = tonecast.Effect(ahead.path, mix=0.0)
    assert effect.latency_samples(RATE_HZ) == ahead.latency_samples == 96 + 12
    stream = effect.stream(RATE_HZ, channels=1)
    click = np.zeros((1, 400), np.float32)
    click[0, 0] = 1
    assert stream.process(click)[0].argmax() == 108
    assert "12 that it looks ahead" in "\n".join(ahead.lines())


def test_record_of_the_whole_is_played_again(ahead: Report, tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(ahead.path.read_bytes())
    (record,) = ahead.contract.whole
    off = tuple(value + 1e-3 for value in record.values)
    rewrite_contract_unchecked(copy, replace(ahead.contract, whole=(replace(record, values=off),)))
    report = tonecast.verify(copy)
    assert not report.passed
    assert "The stream differs from the whole by 0.001" in report.differences[0]


def rewrite_contract_unchecked(path: Path, contract: Contract) -> None:
    import onnx
    from tonecast.export.effect import METADATA_KEY

    model = onnx.load(path)
    onnx.helper.set_model_props(model, {METADATA_KEY: contract.sealed().to_json()})
    path.write_bytes(model.SerializeToString(deterministic=True))


def test_rewriting_keeps_what_can_be_played(ahead: Report, tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(ahead.path.read_bytes())
    assert rewrite_contract(copy, replace(ahead.contract, label="Other")).label == "Other"


def test_sound_beyond_the_training_is_held_to_it(tmp_path: Path) -> None:
    class Louder(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return 3 * x + nn.functional.pad(x, (1, 0))[..., :-1]

    path = tmp_path / "louder.onnx"
    report = tonecast.export(Louder(), path, quiet=True, trained_peaks_db=(-6, 0))
    assert isinstance(report, Report)
    level = report.contract.trained_level
    assert level is not None
    assert (level.response, level.input_peak_db, level.output_peak_db) == ("nonlinear", -6, 0)
    assert "sound above -6 dBFS is held" in "".join(report.lines())
    (record,) = report.contract.whole
    assert record.peak == 0.501187 / 2  # half of −6 dBFS: four times that is 0 dBFS
    assert tonecast.verify(path).passed

    effect = tonecast.Effect(path)
    within = np.tile(np.float32([0.2, -0.2]), 500)
    np.testing.assert_allclose(effect(within, RATE_HZ)[1:], 2 * within[1:], atol=1e-6)
    with pytest.warns(RuntimeWarning, match="was trained on peaks of -6.0 dBFS in, 0.0 dBFS out"):
        held = effect(np.float32(20 * within), RATE_HZ)
    assert np.abs(held).max() < 10 ** (2.5 / 20)


class Fixed(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.ones_like(x) + 1e-3 * x


def test_training_that_was_quieter_than_what_the_module_gives_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tonecast.Error, match="more than -20 dBFS for quiet noise, too"):
        tonecast.export(Fixed(), tmp_path / "fixed.onnx", quiet=True, trained_peaks_db=(-6, -20))


class LengthDependent(nn.Module):
    """What it does depends on how much sound it gets at once."""

    def forward(self, x: Tensor) -> Tensor:
        return x * (x.shape[-1] / 1e5)


def test_what_depends_on_the_length_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "length.onnx"
    path.write_text("what was there")
    with pytest.raises(
        tonecast.Error,
        match=r"^LengthDependent at .*\(return x .*from sample 0 on.*from its length",
    ):
        tonecast.export(LengthDependent(), path, quiet=True)
    assert path.read_text() == "what was there"


class Signature(nn.Module):
    def forward(self, x: Tensor, drive: Tensor, *, level: Tensor) -> Tensor:
        return x * drive[..., None] * level[..., None]


class Named(nn.Module):
    def forward(self, x: Tensor, block: Tensor) -> Tensor:
        return x * block[..., None]


class Two(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


class Longer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, x], dim=-1)


class Padded(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.pad(x, (3, 3))


class Branching(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.abs().max() > 0.5 else 2 * x


class Looping(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y, out = x[..., :1], []
        for i in range(x.shape[-1]):
            y = 0.5 * y + x[..., i : i + 1]
            out.append(y)
        return torch.cat(out, dim=-1)


class Counting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x * self.calls


class Broken(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(float("nan")))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gain


class Wrong(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(2, 1, 3)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(x)
        return out


def knob(lowest: float = 0, highest: float = 1, default: float = 0.5) -> tonecast.Knob:
    return tonecast.Knob(lowest, highest, default)


BAD: dict[str, tuple[Callable[[], nn.Module], dict[str, object], str]] = {
    "half": (lambda: nn.Conv1d(1, 1, 1).half(), {}, "float16; export module.float()"),
    "elsewhere": (lambda: nn.Conv1d(1, 1, 1, device="meta"), {}, "on meta; export module.cpu()"),
    "scripted": (
        lambda: torch.jit.trace(nn.Tanh(), torch.zeros(1, 1, 8)),
        {},
        "compiled by torch.jit; export the module with what it was made of",
    ),
    "scripted inside": (
        lambda: nn.Sequential(nn.Tanh(), torch.jit.script(nn.Tanh())),
        {},
        r"^1 \(Tanh\) is compiled by torch.jit",
    ),
    "large": (lambda: nn.Linear(4200, 4200), {}, "weights take 67 MiB, more than the 64"),
    "a knob that is missing": (Signature, {"drive": knob()}, "needs 'level'; give it as a knob"),
    "a knob too many": (nn.Tanh, {"tone": knob()}, "forward.. takes no 'tone'"),
    "a knob outside": (
        Signature,
        {"drive": knob(0, 1, 2)},
        "'drive' stands at 2, outside of 0 to 1",
    ),
    "a knob turned round": (Signature, {"drive": knob(1, 0)}, "'drive' goes from 1 to 0; swap"),
    "a knob with a name that is none": (Signature, {"Drive": knob()}, "cannot be called 'Drive'"),
    "a knob like an option": (Signature, {"label": knob()}, "cannot be called 'label'"),
    "a knob like an input": (
        Named,
        {"block": knob()},
        "cannot be called 'block', as the graph's own sound is",
    ),
    "two sounds": (Two, {}, "returns 2 tensors; return the sound alone"),
    "longer": (Longer, {}, "one after the other, and a stream has no end"),
    "a little longer": (Padded, {}, "return as much as is given"),
    "branches": (Branching, {}, "test_export_call.py:.*torch.where"),
    "loops": (Looping, {}, r"test_export_call\.py:\d+: it loops over the samples"),
    "counts": (Counting, {}, "changes calls, so that it plays differently each time"),
    "not a number": (Broken, {}, "gain holds NaN or Inf"),
    "two channels": (Wrong, {}, "channels"),
    "a frame that does not fit": (nets.Pyramid, {"frame": 12}, "take a multiple of 8"),
    "one level": (
        nn.Tanh,
        {"trained_peaks_db": -3},
        "-3 are no two levels in dBFS; give",
    ),
    "too little latency": (nets.Pyramid, {"max_latency_ms": 0.1}, "less than one step"),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line(case: str, tmp_path: Path) -> None:
    make, options, sentence = BAD[case]
    path = tmp_path / "bad.onnx"
    with pytest.raises(tonecast.Error, match=sentence) as raised:
        tonecast.export(make(), path, quiet=True, **options)
    assert "\n" not in str(raised.value)
    assert not path.exists()


def test_path_without_a_name_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(tonecast.Error, match="begins with a letter; give one by name="):
        tonecast.export(nn.Tanh(), tmp_path / "1.onnx", quiet=True)


def test_module_is_left_as_it_was(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Conv1d(1, 1, 1), nn.Dropout(0.5)).train()
    tonecast.export(module, tmp_path / "kept.onnx", quiet=True)
    assert module.training
    assert module[1].training


class Amplifier(nn.Module):
    """Cells, a dense layer, and the sound around them: what kernels know."""

    def __init__(self, kind: type[nn.LSTM] | type[nn.GRU], layers: int, knobs: int) -> None:
        super().__init__()
        self.cells = kind(1 + knobs, 8, num_layers=layers, batch_first=True)
        self.dense = nn.Linear(8, 1)

    def forward(self, x: Tensor, **knobs: Tensor) -> Tensor:
        heard = [x, *(knob.unsqueeze(-1).expand(-1, -1, x.shape[-1]) for knob in knobs.values())]
        y, _ = self.cells(torch.cat(heard, dim=1).transpose(1, 2))
        out: Tensor = self.dense(y).transpose(1, 2) + x
        return out


@pytest.mark.parametrize(
    ("kind", "layers", "knobs"),
    [(nn.LSTM, 1, {}), (nn.GRU, 2, {"drive_db": tonecast.Knob(-20, 30, 6, unit="dB")})],
    ids=["LSTM", "GRU of two layers with a knob"],
)
def test_network_of_a_kernel_has_no_latency(
    kind: type[nn.LSTM], layers: int, knobs: dict[str, tonecast.Knob], tmp_path: Path
) -> None:
    torch.manual_seed(1)
    module = Amplifier(kind, layers, len(knobs)).eval()
    report = tonecast.export(module, tmp_path / "amp.onnx", quiet=True, **knobs)
    assert report.latency_samples == 0
    assert report.contract.architecture.name == "recurrent"
    assert "a kernel plays it" in "\n".join(report.lines())
    assert tonecast.verify(tmp_path / "amp.onnx").passed  # by ONNX Runtime and by the kernel


class Steered(Amplifier):
    """Its knobs are joined before they meet the sound, in one way or another."""

    def __init__(self, join: Callable[[Tensor, Tensor, int], Tensor]) -> None:
        super().__init__(nn.LSTM, 1, 2)
        self.join = join

    def forward(self, x: Tensor, gain: Tensor, tone: Tensor) -> Tensor:  # type: ignore[override]
        heard = torch.cat([x.mT, self.join(gain, tone, x.shape[-1])], -1)
        out: Tensor = self.dense(self.cells(heard)[0]).mT + x
        return out


JOINS: dict[str, tuple[Callable[[Tensor, Tensor, int], Tensor], bool]] = {
    "stacked": (lambda a, b, n: torch.stack([a, b], -1).expand(-1, n, -1), True),
    "joined": (lambda a, b, n: torch.cat([a, b], 1)[:, None].expand(-1, n, 2), True),
    "the other first": (lambda a, b, n: torch.stack([b, a], -1).expand(-1, n, -1), False),
    "one of them twice": (
        lambda a, b, n: torch.stack([a, b], -1)[..., :1].expand(-1, n, 2) + 0 * b[..., None],
        False,
    ),
    "halved": (lambda a, b, n: torch.stack([a, 0.5 * b], -1).expand(-1, n, -1), False),
}


@pytest.mark.parametrize("case", JOINS)
def test_joined_knobs_are_recognised_in_their_order_alone(case: str) -> None:
    join, is_known = JOINS[case]
    module = Steered(join).eval()
    traced = trace(module, {"gain": 0.3, "tone": 0.7})
    controls = [knob().control(name) for name in ("gain", "tone")]
    known = recognised(traced, controls)
    assert (known is not None) == is_known
    if known is not None:
        weights = known.weights["layers.0.weight_ih"]
        assert torch.equal(weights, module.cells.weight_ih_l0)  # from 0 to 1, as they are


def test_network_that_only_looks_like_it_keeps_its_graph(tmp_path: Path) -> None:
    torch.manual_seed(1)
    report = tonecast.export(nets.Recurrent(nn.LSTM, bias=False), tmp_path / "a.onnx", quiet=True)
    assert report.contract.architecture is None
    assert report.latency_samples == 64


class Curve(nn.Module):
    """A knob that is a number."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 5, padding=4)

    def forward(self, x: Tensor, drive: float = 1.0) -> Tensor:
        return torch.tanh(self.conv(x)[..., : x.shape[-1]] * drive)


def test_knobs_may_be_numbers(tmp_path: Path) -> None:
    torch.manual_seed(1)
    path = tmp_path / "curve.onnx"
    tonecast.export(Curve(), path, quiet=True, drive=tonecast.Knob(1, 8, 2))
    assert tonecast.verify(path).passed
    assert len(tonecast.Effect(path).contract.whole) == 3
