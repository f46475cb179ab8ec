import pytest
import torch
from tonecast.models.offline import State, cola_gain, overlap_add, periodic_hann


@pytest.mark.parametrize(("frame_size", "hop_size"), [(3072, 1024), (1024, 256), (8, 2)])
@pytest.mark.parametrize("samples", [1, 1023, 10_000])
def test_graph_that_does_nothing_changes_nothing(
    frame_size: int, hop_size: int, samples: int
) -> None:
    audio = torch.randn(2, samples, generator=torch.Generator().manual_seed(1))
    out = overlap_add(audio, frame_size, hop_size, lambda frame, state: (frame, state), {})
    assert out.shape == audio.shape
    assert (out - audio).abs().max() < 1e-6


def test_frames_start_with_one_hop_of_signal_and_carry_state() -> None:
    audio = torch.arange(1.0, 25.0)[None]
    seen = []

    def watch(frame: torch.Tensor, state: State) -> tuple[torch.Tensor, State]:
        seen.append((int(state["count"]), frame / periodic_hann(8).clamp_min(1e-9)))
        return frame, {"count": state["count"] + 1}

    overlap_add(audio, 8, 2, watch, {"count": torch.zeros(1)})
    assert [count for count, _ in seen] == list(range(16))  # until the last sample has left
    assert seen[0][1][0, 1:].tolist() == pytest.approx([0, 0, 0, 0, 0, 1, 2])
    assert seen[4][1][0, 1:].tolist() == pytest.approx([4, 5, 6, 7, 8, 9, 10])


@pytest.mark.parametrize("hop_size", [2048, 1000])
def test_hops_that_would_colour_the_sound_are_refused(hop_size: int) -> None:
    window = periodic_hann(4096)
    with pytest.raises(ValueError, match=str(hop_size)):
        cola_gain(window, window, hop_size)
