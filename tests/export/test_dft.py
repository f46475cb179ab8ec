import numpy as np
import pytest
import torch
from tonecast.export.dft import RealDFT


@pytest.mark.parametrize(("frame_size", "size"), [(3072, 4096), (2048, 2048), (64, 128)])
def test_spectrum_equals_the_fft(frame_size: int, size: int) -> None:
    dft = RealDFT(frame_size, size)
    frame = torch.randn(3, frame_size, generator=torch.Generator().manual_seed(1))
    expected = np.fft.rfft(frame.double().numpy(), size)

    spectrum = dft(frame).numpy()
    complex_spectrum = spectrum[:, :, 0] + 1j * spectrum[:, :, 1]

    rows = dft.half_rows
    k = np.arange(rows)[:, None] + size // 64 * np.arange(64)
    mirrored = k > size // 2
    wanted = expected[:, dft.bin_of_slot]
    wanted[:, mirrored] = wanted[:, mirrored].conj()
    assert np.abs(complex_spectrum - wanted).max() < 1e-6 * np.abs(expected).max()


def test_inverse_gives_the_frame_back() -> None:
    dft = RealDFT(3072, 4096)
    frame = torch.randn(2, 3072, generator=torch.Generator().manual_seed(1))
    assert (dft.inverse(dft(frame)) - frame).abs().max() < 3e-6


def test_gains_filter_as_they_would_on_the_fft() -> None:
    dft = RealDFT(3072, 4096)
    frame = torch.randn(1, 3072, generator=torch.Generator().manual_seed(1))
    gains = np.random.default_rng(1).uniform(size=2049)
    expected = np.fft.irfft(np.fft.rfft(frame.double().numpy(), 4096) * gains)[:, :3072]

    placed = torch.tensor(gains[dft.bin_of_slot], dtype=torch.float32)[:, None]
    assert np.abs(dft.inverse(dft(frame) * placed).numpy() - expected).max() < 3e-6


@pytest.mark.parametrize(("frame_size", "size"), [(1000, 4096), (3072, 4000), (4096, 2048)])
def test_sizes_that_do_not_fit_are_refused(frame_size: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"{frame_size} samples cannot be transformed in {size}"):
        RealDFT(frame_size, size)
