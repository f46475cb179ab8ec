#include "engine/signal/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace tonecast {

namespace {

constexpr double stopband_db = 120.0;
constexpr double passband = 0.907; // of the lower Nyquist frequency
constexpr int lanes = 16;          // partial sums of a dot product; taps come in multiples of it

/// Modified Bessel function of the first kind, order 0 (not in every standard library).
double bessel_i0(double x) {
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; term > sum * 1e-17; ++k) {
        term *= (x / 2.0 / k) * (x / 2.0 / k);
        sum += term;
    }
    return sum;
}

/// Kaiser, "Nonrecursive digital filter design using the I0-sinh window function" (1974).
constexpr double kaiser_beta = 0.1102 * (stopband_db - 8.7);

int taps_per_phase(int up, int down) {
    const double transition = std::numbers::pi * (1.0 - passband);
    const double at_lower_rate = (stopband_db - 7.95) / (2.285 * transition) + 1.0;
    const double stretch = std::max(1.0, static_cast<double>(down) / up);
    return lanes * static_cast<int>(std::ceil(at_lower_rate * stretch / lanes));
}

std::vector<float> make_table(int up, int down, int taps) {
    const double cutoff = (1.0 + passband) / 2.0 * std::min(1.0, static_cast<double>(up) / down);
    const double half = taps / 2.0;
    const double i0_beta = bessel_i0(kaiser_beta);
    const auto kernel = [&](double t) { // t in input samples from the output's instant
        const double edge = 1.0 - (t / half) * (t / half);
        if (edge <= 0.0)
            return 0.0;
        const double x = std::numbers::pi * cutoff * t;
        const double sinc = x == 0.0 ? 1.0 : std::sin(x) / x;
        return sinc * bessel_i0(kaiser_beta * std::sqrt(edge)) / i0_beta;
    };

    std::vector<float> table;
    table.reserve(static_cast<std::size_t>(up) * static_cast<std::size_t>(taps));
    std::vector<double> phase(static_cast<std::size_t>(taps));
    for (int p = 0; p < up; ++p) {
        double sum = 0.0;
        for (int k = 0; k < taps; ++k) {
            const double t = k + 1 - taps / 2 - static_cast<double>(p) / up;
            phase[static_cast<std::size_t>(k)] = kernel(t);
            sum += phase[static_cast<std::size_t>(k)];
        }
        for (const double tap : phase) // every phase passes DC with gain 1: no images of it
            table.push_back(static_cast<float>(tap / sum));
    }
    return table;
}

float dot(const float* a, const float* b, int n) noexcept {
    std::array<float, lanes> sums{};
    for (int i = 0; i < n; i += lanes)
        for (std::size_t k = 0; k < lanes; ++k)
            sums[k] +=
                a[i + static_cast<std::ptrdiff_t>(k)] * b[i + static_cast<std::ptrdiff_t>(k)];
    for (std::size_t width = lanes / 2; width > 0; width /= 2)
        for (std::size_t k = 0; k < width; ++k)
            sums[k] += sums[k + width];
    return sums[0];
}

} // namespace

void Resampler::prepare(int input_rate_hz, int output_rate_hz, int channels,
                        int max_input_samples) {
    const RateRatio ratio(input_rate_hz, output_rate_hz);
    up_ = ratio.up;
    down_ = ratio.down;
    passes_through_ = up_ == down_;
    if (passes_through_)
        return;
    taps_ = taps_per_phase(up_, down_);
    table_ = make_table(up_, down_, taps_);
    pending_.resize(channels, taps_ + max_input_samples);
    reset();
}

void Resampler::reset() noexcept {
    pending_.clear();
    held_ = taps_ / 2 - 1; // the silence before the stream that output sample 0 reaches back to
    first_tap_ = 0;
    phase_ = 0;
}

int Resampler::max_output_samples(int n) const noexcept {
    const long long scaled = static_cast<long long>(n) * up_ / down_;
    return static_cast<int>(scaled) + (passes_through_ ? 0 : 2);
}

int Resampler::process(const AudioBuffer& in, int n, AudioBuffer& out) noexcept {
    if (passes_through_) {
        for (int c = 0; c < in.channels(); ++c)
            std::copy_n(in.channel(c), n, out.channel(c));
        return n;
    }
    for (int c = 0; c < pending_.channels(); ++c)
        std::copy_n(in.channel(c), n, pending_.channel(c) + held_);
    held_ += n;

    int written = 0;
    for (; first_tap_ + taps_ <= held_; ++written) {
        const float* phase = table_.data() + static_cast<std::ptrdiff_t>(phase_) * taps_;
        for (int c = 0; c < pending_.channels(); ++c)
            out.channel(c)[written] = dot(phase, pending_.channel(c) + first_tap_, taps_);
        phase_ += down_;
        first_tap_ += phase_ / up_;
        phase_ %= up_;
    }

    const int used = std::min(first_tap_, held_);
    for (int c = 0; c < pending_.channels(); ++c)
        std::copy(pending_.channel(c) + used, pending_.channel(c) + held_, pending_.channel(c));
    held_ -= used;
    first_tap_ -= used;
    return written;
}

} // namespace tonecast
