#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace tonecast {

/// A half-band filter of minimum latency between a rate and twice that rate: two chains of
/// all-passes that share the samples, elliptic, so it bends phases near its edge and delays nothing
/// by a whole block. After Valenzuela and Constantinides, "Digital signal processing schemes for
/// efficient interpolation and decimation" (1983).
///
/// Flat to `pass_band`, 120 dB down from 0.5 − pass_band on, in cycles a sample of the higher rate.
class HalfBand {
public:
    static constexpr int coefficients = 10;

    /// pass_band at most 20 kHz of 88.2 kHz: the closer to 0.25, the less it holds down.
    HalfBand(double pass_band, int channels);

    void reset() noexcept;

    /// One sample of the lower rate to two of the higher.
    std::array<float, 2> up(int channel, float sample) noexcept;

    /// Two of the higher rate to one of the lower.
    float down(int channel, float first, float second) noexcept;

private:
    static constexpr int stages = coefficients / 2; // of each chain

    /// All-passes of the first order, one after the other.
    struct Chain {
        std::array<double, stages> last_in{};
        std::array<double, stages> last_out{};
    };

    double pass(Chain& chain, const std::array<double, stages>& gains, double sample) noexcept;

    std::array<std::array<double, stages>, 2> gains_{};
    std::vector<std::array<Chain, 2>> channels_;
};

} // namespace tonecast
