"""The C++ engine: checks and names live in Python, samples move in C++."""

import os
from collections.abc import Callable
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

class Counters:
    """Counts since the last prepare; resets keep them."""

    frames: int
    completed_frames: int  # computed by the model, in time or not
    bad_frames: int  # the model failed, or gave NaN, Inf or more than 1e15: played dry
    late_frames: int  # not ready when they were due: played dry
    nonfinite_input_samples: int  # NaN or Inf from the host: played as silence
    excessive_input_samples: int  # numbers beyond ±1e15, 300 dB over full scale: likewise
    held_frames: int  # beyond the level of the training, and held to it
    limited_samples: int  # turned down by the limiter
    last_frame_us: float  # the model's time for a frame
    longest_frame_us: float
    predictions: int  # windows that predictors were given
    completed_predictions: int
    bad_predictions: int  # failed, NaN, Inf or out of range: the last value held
    late_predictions: int  # not ready when they were due: the last value held
    last_prediction_us: float
    longest_prediction_us: float

class EffectFile:
    """An effect file, read and checked, without running it.

    Raises Error with the path in front.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None: ...
    @property
    def contract_json(self) -> str: ...
    @property
    def graph(self) -> bytes: ...  # the serialised GraphProto, what the parity record hashes

class Capture:
    """A capture by another program, in one of its sizes, in the terms of our model families.

    `size` is 0 to 1, as that of the control "size". Raises Error with the path in front.
    """

    def __init__(self, path: str | os.PathLike[str], size: float = 1.0) -> None: ...
    @property
    def contract_json(self) -> str: ...
    @property
    def architecture(self) -> str: ...  # wavenet, convnet, linear or recurrent
    @property
    def network_json(self) -> str: ...  # its shape, as in a contract
    @property
    def weights(self) -> Samples: ...  # in the order in which the family asks for them

def is_capture(path: str | os.PathLike[str]) -> bool:
    """Whether a file's name says that it is a capture: .nam, .json or .aidax."""

def read_contract(path: str | os.PathLike[str]) -> str:
    """The contract of an effect file or a capture, read and checked. Raises Error."""

def load_onnxruntime(path: str | os.PathLike[str]) -> str:
    """Load ONNX Runtime's shared library once per process; returns its version. Raises Error."""

def try_in_child(trial: str, onnxruntime: str, file: str, sample_rate_hz: int) -> None:
    """Have the program `trial` open an effect file and play a second of sound with it.

    Raises Error where the file is refused, ends that process, or needs too much memory or time.
    """

def check_contract(json: str) -> None:
    """Raise Error where a contract's JSON text violates a rule."""

class PlayedBy:
    """What plays a model."""

    backend: str  # onnxruntime, kernel-fast, kernel-exact or identity
    device: str  # cpu or cuda
    fallback_reason: str  # why the CPU is used instead of a GPU, or ""

class Model:
    """A loaded effect or predictor, shared by any number of engines."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        backend: str = "auto",
        instruction_set: str = "",
        device: str = "cpu",
        oversampling: int = 1,
    ) -> None:
        """`backend` is auto, onnxruntime, kernel, kernel-fast or kernel-exact. Raises Error.

        `device` is cpu, cuda or auto. `instruction_set` is for tests: one of
        testing.instruction_sets(); "" is the fastest.
        """
    @staticmethod
    def identity(contract_json: str) -> Model:
        """A model that returns every frame unchanged: for tests and benchmarks."""
    @property
    def contract_json(self) -> str: ...
    @property
    def played_by(self) -> PlayedBy:
        """What plays it; a stream may still fall back from a GPU to the CPU."""
    @property
    def real_time_safe(self) -> bool:
        """Whether frames neither allocate nor lock, and so may be played on the audio thread."""

class FrameRunner:
    """Plays single frames without framing, as the engine does, state included."""

    def __init__(self, model: Model, channels: int) -> None: ...
    def run(self, frame: Samples, controls: dict[str, float]) -> Samples:
        """[channels, frame_size] windowed samples to [channels, frame_size].

        With a side-chain [2 · channels, frame_size], its channels after the input's. A predictor's
        [2, window] samples to its value [1], a filter effect's frame to its curves in dB [curves,
        bins].
        """
    def reset(self) -> None: ...

class ImpulseResponse:
    """Of a loudspeaker cabinet, or a room."""

    def __init__(self, samples: Samples, sample_rate_hz: int, normalise: bool = True) -> None:
        """[1 or 2, n], up to 10 s. Normalised, white noise up to 24 kHz stays as loud as it is.

        Raise tonecast.Error for what cannot be convolved with.
        """

class Engine:
    """One stream through one model."""

    def __init__(self, model: Model) -> None: ...
    def prepare(
        self,
        sample_rate_hz: int,
        channels: int,
        hop_size_samples: int = 0,
        worker: bool = False,
        max_block_samples: int = 1024,
        linear_phase: bool | None = None,
        late_hops: int | None = None,
    ) -> None:
        """Everything that can fail or allocate. A hop of 0 is the contract's default.

        Without `linear_phase` rates of 1 : 2, 4 or 8 are converted without latency; None is that
        for causal and filter effects.

        With `worker` the model runs on a worker thread, which adds at least a hop of latency;
        blocks of up to max_block_samples are in time. A filter effect has no latency: its filters
        begin `late_hops` after their frames, by default 1, with a worker as many as cover a block.
        """
    def process(self, block: Samples, out: Samples, sidechain: Samples | None = None) -> None:
        """C-contiguous [channels, n] in and out, full scale ±1, any n; may be the same array.

        `sidechain`, of the same shape, is the second sound of an effect that listens to one; None
        is the block itself.
        """
    def reset(self) -> None: ...
    @property
    def latency_samples(self) -> int: ...
    def set_control(self, name: str, value: float) -> None:
        """Any thread; takes effect, ramped, from the next block on."""
    def control(self, name: str) -> float: ...
    def attach(self, name: str, predictor: Model) -> None:
        """Let a predictor move a control when it is automatic; also while a stream plays."""
    def set_automatic(self, name: str, on: bool) -> None:
        """Any thread; takes effect, ramped, from the next block on."""
    def automation_trace(
        self, name: str
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Times in seconds, predicted values and applied values [n each], of this stream."""
    def applied(self, name: str) -> float | None:
        """The control's present value if a predictor moves it."""
    @property
    def missing_realtime_priority(self) -> bool:
        """Whether the system has refused real-time priority to the engine's own threads."""
    @property
    def played_by(self) -> list[PlayedBy]:
        """What plays the effect's model, then those of its predictors; [] before prepare."""
    mix: float
    input_gain_db: float
    output_gain_db: float
    bypass: bool
    limiter: bool  # off unless it is switched on
    ceiling_db: float  # the limiter's, dBFS
    gate_db: float  # the noise gate's threshold; -100 is off
    bass_db: float
    middle_db: float
    treble_db: float
    def set_stereo(self, name: str) -> None:
        """Any thread: linked, dual or mid-side; takes effect, ramped, from the next block on."""
    def load_cabinet(self, response: ImpulseResponse | None) -> None:
        """Any thread; fades in within 20 ms. Keeps the interpreter busy for some milliseconds."""
    @property
    def counters(self) -> Counters: ...

def check_budget(
    model: Model,
    sample_rate_hz: int,
    channels: int,
    hop_size_samples: int,
    worker: bool,
    max_block_samples: int,
) -> None:
    """Measure a frame; raise Error where the model cannot keep up, with what would work."""

def check_prediction_budget(
    predictor: Model, sample_rate_hz: int, worker: bool, max_block_samples: int
) -> None:
    """Measure a prediction; raise Error where the predictor cannot keep up."""

class CardReport:
    """Counts of an AudioCallback; peaks are the highest since the last report, linear."""

    callbacks: int
    block_samples: int  # of the last callback
    misses: int  # callbacks that took longer than their block lasts
    input_xruns: int
    output_xruns: int
    unrecorded_samples: int
    input_peak: float
    output_peak: float

class AudioCallback:
    """The callback of an audio device: plays an engine, and crossfades to the next one."""

    def __init__(
        self,
        sample_rate_hz: int,
        input_channels: int,
        output_channels: int,
        soft_start_s: float,
        record_buffer_s: float,
        sidechain_channels: int = 0,
    ) -> None:
        """The last inputs may be a side-chain."""
    def put(self, engine: Engine) -> None:
        """Play a prepared engine next. From now on only its parameters and counters may be used."""
    def restart(self) -> None:
        """While the device is closed: what comes next is a new stream, which fades in."""
    def collect(self) -> None:
        """Release engines that have faded out; call it regularly."""
    @property
    def counters(self) -> Counters:
        """Of all engines that were played, in total."""
    @property
    def swaps(self) -> int: ...
    @property
    def callbacks(self) -> int: ...
    @property
    def block_samples(self) -> int:
        """Of the last callback."""
    @property
    def unrecorded_samples(self) -> int:
        """Did not fit into the record buffer."""
    def report(self) -> CardReport: ...
    def percentile_us(self, share: float) -> float: ...
    @property
    def longest_us(self) -> float: ...
    def read_recording(self, max_frames: int, channels: int) -> Samples:
        """Output since the last call, [samples, channels]."""
    @property
    def function_address(self) -> int:
        """The PaStreamCallback, to be called with user_data_address."""
    @property
    def user_data_address(self) -> int: ...

class Durations:
    """A histogram of durations, none left out: percentiles are exact to 1 %."""

    def percentile_us(self, share: float) -> float:
        """What at least `share` (0 … 1) of them did not exceed; NaN where there are none."""
    def count_above(self, duration_us: float) -> int:
        """How many took longer, within 1 %."""
    @property
    def longest_us(self) -> float: ...
    def __len__(self) -> int: ...

class DriveReport:
    """Counts of a Bench so far."""

    played_blocks: int
    skipped_blocks: int  # due while an earlier block was still being played
    misses: int  # blocks not finished when the next one was due, or skipped
    overruns: int  # callbacks that by themselves took longer than a block lasts
    allocations: int | None  # within callbacks; None without the allocation counter
    frees: int | None
    has_priority: bool  # the thread has real-time priority

class Bench:
    """Drives a callback on its own thread, as a sound card does; starts once."""

    @overload
    def __init__(
        self,
        model: Model,
        sound: Samples,
        sample_rate_hz: int,
        block_samples: int,
        blocks: int,
        paced: bool,
        worker: bool,
        hop_size_samples: int = 0,
    ) -> None:
        """An engine that plays `sound` [channels, n] in a loop. Raises Error."""
    @overload
    def __init__(
        self,
        function: Callable[[], object] | None,
        sample_rate_hz: int,
        block_samples: int,
        blocks: int,
        paced: bool,
    ) -> None:
        """A Python function, called once a block; None for empty callbacks."""
    def start(self) -> None: ...
    def stop(self) -> None:
        """Return when the callback under way has ended."""
    @property
    def finished(self) -> bool: ...
    @property
    def failure(self) -> str | None:
        """What the function raised first."""
    @property
    def report(self) -> DriveReport: ...
    @property
    def callbacks(self) -> Durations: ...
    @property
    def engine(self) -> Engine:
        """For its knobs alone. Raises ValueError where no engine is driven."""
    @property
    def wake_ups(self) -> Durations:
        """From when a block was due to when its callback began, if the thread slept until then."""
    @property
    def counters(self) -> Counters: ...
    @property
    def latency_samples(self) -> int: ...

def fitting_rate(rates_hz: list[int], host_rate_hz: int) -> int:
    """Which of an effect's model rates to play at a host rate."""

class testing:  # noqa: N801 - a submodule
    """Single stages, for tests and benchmarks."""

    @staticmethod
    def resample(signal: Samples, input_rate_hz: int, output_rate_hz: int) -> Samples:
        """[1, n] in one block, from the instant 0 on, to [1, about n · output / input]."""
    @staticmethod
    def operators() -> list[dict[str, Any]]:
        """The ONNX operators that effects may use, by name: "type", "inputs", "outputs" (tuples of
        name, "single", "optional" or "variadic", and element types), and "attributes" by name
        ("type" as in AttributeProto, "required", "range" of integers, "choices" of texts)."""
    @staticmethod
    def infer_shapes(model: bytes, channels: int) -> dict[str, tuple[int, list[int]]]:
        """Type (as in TensorProto) and shape of every tensor of an ONNX model. Raise Error."""
    @staticmethod
    def delay_lines(path: str) -> dict[str, list[int]]:
        """The states of an effect file that ONNX Runtime does not get whole, but as windows a frame
        long: by how much earlier than the frame each begins. Raise Error."""
    @staticmethod
    def instruction_sets() -> list[str]:
        """Those with a kernel that this machine can run, the fastest first."""
    @staticmethod
    def kernel_stages(
        path: str, backend: str, instruction_set: str, frames: Samples
    ) -> dict[str, list[float]]:
        """How long each stage of a kernel took for each of the frames [n, 1024], in µs."""
    @staticmethod
    def time_blocks(
        model: Model, sound: Samples, block_samples: int, controls: dict[str, float] = ...
    ) -> list[float]:
        """How long a causal model took for each whole block of a sound [channels, n], in µs."""
    @staticmethod
    def wavenet_steps(
        network: str, instruction_set: str, chunks: int
    ) -> list[tuple[str, float, float]]:
        """What each step of a wavenet is, its floating-point operations in a chunk of 64 samples
        (0 for those that are no convolutions), and the µs that it takes, the median of so many
        chunks; one channel, random weights. `network` is its shape as JSON. Raise Error."""
    @staticmethod
    def machine_limits(instruction_set: str) -> dict[str, float]:
        """Peak "gflops" in GFLOP/s; "16 KiB" and others: GB/s of reading so much over and over."""

class training:  # noqa: N801 - a submodule
    """Networks that learn: forward and backward in C++, for `tonecast.models.training.native`."""

    @staticmethod
    def instruction_sets() -> list[str]: ...
    @staticmethod
    def dynamics_normal_equations(
        parameters: NDArray[np.float64],
        reduces_above: bool,
        sound: Samples,
        filtered: Samples,
        target: Samples,
        counts: NDArray[np.bool_],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Of the squared error Σ (filtered · gain − target)² over the samples that count.

        Its matrix [parameters + 1, likewise], half its gradient, and itself. `parameters` are the
        side-chain's lowpass and amount, detector, threshold_db, knee_db, and for each path hold,
        attack, release and depth, as of `models.families.dynamics`; one more is a gain in dB of
        all that is `filtered`. All sounds are [n]. Raises Error.
        """

    @staticmethod
    def dynamics_gain(
        parameters: NDArray[np.float64], reduces_above: bool, sound: Samples
    ) -> Samples:
        """That gain [n], as a factor."""

    class _Network:  # what all of them have; not there at run time
        """What a shape, as in a contract, plays with given weights, and how that depends on them.

        Weights [parameters] are in the order of `CausalNetwork.in_order`; sound is [batch, n],
        conditions [batch, conditions]. The result does not depend on `threads`. Raises Error.
        """

        def __init__(
            self, network_json: str, threads: int = 1, instruction_set: str = ""
        ) -> None: ...
        @property
        def parameters(self) -> int: ...
        @property
        def conditions(self) -> int: ...
        @property
        def past_samples(self) -> int: ...
        def forward(
            self,
            weights: Samples,
            sound: Samples,
            warm_samples: int,
            conditions: Samples | None = None,
        ) -> Samples:
            """What is played for all but the first samples [batch, n - warm_samples].

            Before the first one there was silence.
            """

        def play(
            self,
            weights: Samples,
            sound: Samples,
            warm_samples: int,
            conditions: Samples | None = None,
        ) -> Samples:
            """The same, without keeping what `backward` needs."""

        def backward(self, gradient: Samples) -> Samples:
            """Of the weights [parameters], from that of what `forward` gave, which it uses up."""

    class WaveNet(_Network):
        """A WaveNet, which has no conditions."""

    class Recurrent(_Network):
        """A recurrent network.

        It begins with the states that `prewarm_samples` of silence leave, knobs in the middle. The
        gradient takes those that the first `warm_samples` leave for given: that of the initial
        states is zero.
        """
