#include "engine/signal/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace tonecast {

namespace {

constexpr double stopband_db = 120.0;
constexpr double passband = 0.907; // of the lower Nyquist frequency
constexpr int lanes = 16;          // partial sums of a dot product; taps come in multiples of it

// Larger tables, of odd ratios, would take seconds to compute and hundreds of megabytes. Linear
// interpolation between so many phases changes the filter by less than −146 dB.
constexpr int max_exact_table = 1 << 21;
constexpr int interpolated_phases = 4096; // in a sample of the lower rate

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

/// How many phases a table has at most a sample: all, if `up` are not too many.
int phases_per_sample(int up, int down, int taps) {
    if (static_cast<long long>(up) * taps <= max_exact_table)
        return up;
    const double stretch = std::max(1.0, static_cast<double>(down) / up);
    return static_cast<int>(std::ceil(interpolated_phases / stretch));
}

/// One phase after the other from `phases` to an input sample, and the first one of the next.
std::vector<float> make_table(int up, int down, int phases, int taps) {
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
    table.reserve((static_cast<std::size_t>(phases) + 1) * static_cast<std::size_t>(taps));
    std::vector<double> phase(static_cast<std::size_t>(taps));
    for (int p = 0; p <= phases; ++p) {
        double sum = 0.0;
        for (int k = 0; k < taps; ++k) {
            const double t = k + 1 - taps / 2 - static_cast<double>(p) / phases;
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
    phases_ = phases_per_sample(up_, down_, taps_);
    const std::int64_t step = std::int64_t{down_} * phases_;
    step_phases_ = static_cast<int>(step / up_);
    step_beyond_ = static_cast<int>(step % up_);
    table_ = make_table(up_, down_, phases_, taps_);
    pending_.resize(channels, taps_ + max_input_samples);
    reset();
}

void Resampler::reset() noexcept {
    pending_.clear();
    held_ = taps_ / 2 - 1; // the silence before the stream that output sample 0 reaches back to
    first_tap_ = 0;
    phase_ = 0;
    beyond_ = 0;
}

int Resampler::max_output_samples(int n) const noexcept {
    const long long scaled = static_cast<long long>(n) * up_ / down_;
    return static_cast<int>(scaled) + (passes_through_ ? 0 : 2);
}

void Resampler::step() noexcept {
    phase_ += step_phases_;
    beyond_ += step_beyond_;
    if (beyond_ >= up_) {
        beyond_ -= up_;
        ++phase_;
    }
    first_tap_ += phase_ / phases_;
    phase_ %= phases_;
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
        const float* const phase = table_.data() + static_cast<std::ptrdiff_t>(phase_) * taps_;
        for (int c = 0; c < pending_.channels(); ++c) {
            const float* const samples = pending_.channel(c) + first_tap_;
            float sum = dot(phase, samples, taps_);
            if (beyond_ != 0)
                sum += (dot(phase + taps_, samples, taps_) - sum) * static_cast<float>(beyond_) /
                       static_cast<float>(up_);
            out.channel(c)[written] = sum;
        }
        step();
    }

    const int used = std::min(first_tap_, held_);
    for (int c = 0; c < pending_.channels(); ++c)
        std::copy(pending_.channel(c) + used, pending_.channel(c) + held_, pending_.channel(c));
    held_ -= used;
    first_tap_ -= used;
    return written;
}

} // namespace tonecast
