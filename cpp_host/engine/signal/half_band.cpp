#include "engine/signal/half_band.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tonecast {

namespace {

/// The sums of the elliptic functions converge within a few terms.
template <typename Term>
double series(int from, Term term) {
    double sum = 0.0;
    for (int i = from; i < from + 12; ++i)
        sum += (i % 2 == 0 ? 1.0 : -1.0) * term(i);
    return sum;
}

} // namespace

HalfBand::HalfBand(double pass_band, int channels) : channels_(static_cast<std::size_t>(channels)) {
    const double pi = std::numbers::pi;
    const double transition = 0.25 - pass_band; // on each side of the middle
    const double tangent = std::tan((1.0 - 4.0 * transition) * pi / 4.0);
    const double k = tangent * tangent;
    const double root = std::pow(1.0 - k * k, 0.25);
    const double e = 0.5 * (1.0 - root) / (1.0 + root);
    const double e4 = e * e * e * e;
    const double q = e * (1.0 + e4 * (2.0 + e4 * (15.0 + 150.0 * e4))); // the nome
    constexpr int order = 2 * coefficients + 1;
    for (int i = 0; i < coefficients; ++i) {
        const double angle = (i + 1) * pi / order;
        const double numerator =
            std::pow(q, 0.25) * series(0, [&](int n) {
                return std::pow(q, n * (n + 1)) * std::sin((2 * n + 1) * angle);
            });
        const double denominator =
            0.5 + series(1, [&](int n) { return std::pow(q, n * n) * std::cos(2 * n * angle); });
        const double w = numerator / denominator;
        const double w2 = w * w;
        const double r = std::sqrt((1.0 - w2 * k) * (1.0 - w2 / k)) / (1.0 + w2);
        gains_[static_cast<std::size_t>(i % 2)][static_cast<std::size_t>(i / 2)] =
            (1.0 - r) / (1.0 + r);
    }
}

void HalfBand::reset() noexcept {
    std::ranges::fill(channels_, std::array<Chain, 2>{});
}

double HalfBand::pass(Chain& chain, const std::array<double, stages>& gains,
                      double sample) noexcept {
    for (std::size_t i = 0; i < stages; ++i) {
        const double out = gains[i] * (sample - chain.last_out[i]) + chain.last_in[i];
        chain.last_in[i] = sample;
        chain.last_out[i] = out;
        sample = out;
    }
    return sample;
}

std::array<float, 2> HalfBand::up(int channel, float sample) noexcept {
    auto& chains = channels_[static_cast<std::size_t>(channel)];
    return {static_cast<float>(pass(chains[0], gains_[0], sample)),
            static_cast<float>(pass(chains[1], gains_[1], sample))};
}

float HalfBand::down(int channel, float first, float second) noexcept {
    auto& chains = channels_[static_cast<std::size_t>(channel)];
    return static_cast<float>(
        0.5 * (pass(chains[1], gains_[1], first) + pass(chains[0], gains_[0], second)));
}

} // namespace tonecast
