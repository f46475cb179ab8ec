#pragma once

#include <algorithm>
#include <numeric>
#include <span>

namespace tonecast {

/// Output rate / input rate in lowest terms.
struct RateRatio {
    RateRatio(int input_rate_hz, int output_rate_hz)
        : up(output_rate_hz / std::gcd(input_rate_hz, output_rate_hz)),
          down(input_rate_hz / std::gcd(input_rate_hz, output_rate_hz)) {}

    int up;
    int down;
};

/// Which of the rates that an effect was made for to play at a host's rate: the one in the
/// simplest ratio to it, so the same one before all others and 96 kHz with 48 kHz.
inline int fitting_rate(std::span<const int> model_rates_hz, int host_rate_hz) {
    const auto simplicity = [host_rate_hz](int rate_hz) {
        const RateRatio ratio(host_rate_hz, rate_hz);
        return ratio.up + ratio.down;
    };
    return *std::ranges::min_element(model_rates_hz, {}, simplicity);
}

} // namespace tonecast
