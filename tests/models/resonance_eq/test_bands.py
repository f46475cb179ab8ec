import numpy as np
import pytest
import torch
from tonecast.export.dft import RealDFT
from tonecast.models.resonance_eq.bands import BAND_CENTERS_HZ, LogBands

RATES_HZ = (44_100, 48_000)


def power_of(bin_power: np.ndarray, dft: RealDFT) -> torch.Tensor:
    return torch.tensor(bin_power[dft.bin_of_slot].reshape(1, -1), dtype=torch.float32)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_flat_spectrum_has_flat_bands(rate_hz: int) -> None:
    dft = RealDFT(3072, 4096)
    levels_db = LogBands(dft, rate_hz).levels_db(power_of(np.full(2049, 0.01), dft))
    assert levels_db.shape == (1, 400)
    assert (levels_db + 20).abs().max() < 1e-4


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_slope_keeps_its_level_at_every_centre(rate_hz: int) -> None:
    """Narrow bands interpolate and wide ones average; neither may shift the spectrum."""
    dft = RealDFT(3072, 4096)
    bin_hz = rate_hz / dft.size
    slope = np.maximum(np.arange(2049) * bin_hz, bin_hz) ** -1.0  # −3 dB per octave
    levels_db = LogBands(dft, rate_hz).levels_db(power_of(slope, dft))[0].numpy()
    from_hz = 100  # between the first few bins no straight line follows the slope
    wanted_db = -10 * np.log10(BAND_CENTERS_HZ)
    assert np.abs(levels_db - wanted_db)[from_hz < BAND_CENTERS_HZ].max() < 0.1


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_band_values_reach_the_bins_at_their_frequency(rate_hz: int) -> None:
    dft = RealDFT(3072, 4096)
    octaves = torch.tensor(np.log2(BAND_CENTERS_HZ)[None], dtype=torch.float32)
    bands = LogBands(dft, rate_hz)
    slots = bands.in_slots(bands.to_bins(octaves)).reshape(dft.half_rows, 64).numpy()
    slot_hz = np.clip(dft.bin_of_slot * rate_hz / dft.size, 20, 20_000)
    assert np.abs(slots - np.log2(slot_hz)).max() < 1e-4


def test_rate_too_low_for_the_bands_is_refused() -> None:
    with pytest.raises(ValueError, match="use 44100 Hz or more"):
        LogBands(RealDFT(3072, 4096), 32_000)
