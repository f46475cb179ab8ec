"""The networks between a linear filter and the CAE, and what symmetric operators reach."""

from __future__ import annotations

import pytest
import torch
from tonecast.benchmarks.equalizers.limits import Network, Variant, symmetric_limit_db
from tonecast.models.families.autoencoder.cae import CAE, AutoencoderSize
from tonecast.models.targets import FIR_ORDER, fir, low_shelf

SMALL = AutoencoderSize(frame=256, filters=8, filter_taps=16, smoothing_taps=16, pool=16)


def _frames(seed: int) -> torch.Tensor:
    return torch.randn(2, SMALL.frame, generator=torch.Generator().manual_seed(seed))


def test_the_network_with_nothing_replaced_is_the_cae() -> None:
    torch.manual_seed(1)
    cae, network = CAE(SMALL), Network(Variant("the CAE", size=SMALL))
    assert torch.equal(network(_frames(1)), cae(_frames(1)))


@pytest.mark.parametrize("places", ["every", "same"])
def test_constant_gates_make_a_symmetric_operator(places: str) -> None:
    network = Network(Variant("", places, learned_gates=False, size=SMALL))  # type: ignore[arg-type]
    x, y = _frames(1), _frames(2)
    with torch.no_grad():
        torch.testing.assert_close((network(x) * y).sum(), (x * network(y)).sum())
        assert (network(x) * x).sum() > 0


def test_filters_of_its_own_make_it_another_one() -> None:
    network = Network(Variant("", "same", False, own_synthesis=True, size=SMALL))
    x, y = _frames(1), _frames(2)
    with torch.no_grad():
        network.synthesis += 0.1 * torch.randn(network.synthesis.shape)
        assert abs(float((network(x) * y).sum() - (x * network(y)).sum())) > 1e-3


def test_what_turns_phase_is_out_of_reach_of_symmetric_operators() -> None:
    assert symmetric_limit_db(*low_shelf(48_000), 0) == pytest.approx(-13.6, abs=0.1)
    linear_phase = fir(48_000, highpass=True)
    assert symmetric_limit_db(*linear_phase, FIR_ORDER // 2) < -100
    assert symmetric_limit_db(*linear_phase, 0) > -10  # a delay is phase, too
