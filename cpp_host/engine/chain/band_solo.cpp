#include "engine/chain/band_solo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>

namespace tonecast {

namespace {

constexpr double highest_of_rate = 0.45; // the highest middle, as a part of the sample rate

/// Two in a row fall by 3 dB where one falls by 1.5 dB: there its detuning times its quality is
/// sqrt(sqrt(2) − 1), and that of the pair 1.
constexpr double quality_of_each = 0.6435942529;

} // namespace

void BandSolo::prepare(int sample_rate_hz, int channels) {
    sample_rate_hz_ = sample_rate_hz;
    amount_.prepare(std::max(1, static_cast<int>(std::lround(ramp_s * sample_rate_hz))));
    const auto points = std::lround(ramp_s * sample_rate_hz / grid_samples);
    for (Ramp* ramp : {&middle_octaves_, &width_octaves_})
        ramp->prepare(std::max(1, static_cast<int>(points)));
    channels_.resize(static_cast<std::size_t>(channels));
    reset();
    jump();
}

void BandSolo::reset() noexcept {
    std::ranges::fill(channels_, Channel{});
    grid_at_ = 0;
}

void BandSolo::play(float frequency_hz, float octaves) noexcept {
    if (!std::isfinite(frequency_hz) || !std::isfinite(octaves) || frequency_hz <= 0.0F)
        return;
    octaves_.store(octaves, std::memory_order_relaxed);
    frequency_hz_.store(frequency_hz, std::memory_order_relaxed);
}

void BandSolo::follow() noexcept {
    const double frequency_hz = frequency_hz_.load(std::memory_order_relaxed);
    is_wanted_ = frequency_hz > 0.0;
    amount_.move_to(is_wanted_ ? 1.0F : 0.0F);
    if (!is_wanted_)
        return; // it fades where it is
    const double highest_hz = highest_of_rate * sample_rate_hz_;
    const auto middle = static_cast<float>(std::log2(std::clamp(frequency_hz, min_hz, highest_hz)));
    const auto width = static_cast<float>(std::clamp(
        static_cast<double>(octaves_.load(std::memory_order_relaxed)), min_octaves, max_octaves));
    if (is_heard_) {
        middle_octaves_.move_to(middle);
        width_octaves_.move_to(width);
    } else { // nothing to glide from
        middle_octaves_.jump_to(middle);
        width_octaves_.jump_to(width);
    }
}

void BandSolo::jump() noexcept {
    is_heard_ = false;
    follow();
    amount_.jump_to(is_wanted_ ? 1.0F : 0.0F);
}

BiquadCoefficients BandSolo::designed() const noexcept {
    const double frequency_hz = std::exp2(static_cast<double>(middle_octaves_.value()));
    // Bristow-Johnson's width in octaves, with what the bilinear transform takes of it.
    const double angle = 2.0 * std::numbers::pi * frequency_hz / sample_rate_hz_;
    const double q =
        0.5 / std::sinh(0.5 * std::numbers::ln2 * width_octaves_.value() * angle / std::sin(angle));
    return BiquadDesign::band_pass(frequency_hz, quality_of_each * q, sample_rate_hz_);
}

void BandSolo::begin_grid() noexcept {
    const bool was_heard = is_heard_;
    is_heard_ = is_wanted_ || amount_.value() > 0.0F;
    if (!is_heard_) {
        if (was_heard)
            std::ranges::fill(channels_, Channel{});
        return;
    }
    middle_octaves_.next();
    width_octaves_.next();
    now_ = std::exchange(next_, designed());
    if (!was_heard)
        now_ = next_;
    step_ = step_between(now_, next_, grid_samples);
}

void BandSolo::process(float* const* samples, int at, int n) noexcept {
    for (const int end = at + n; at < end;) {
        if (grid_at_ == 0)
            begin_grid();
        const int count = std::min(end - at, grid_samples - grid_at_);
        if (is_heard_)
            process_run(samples, at, count);
        grid_at_ = (grid_at_ + count) % grid_samples;
        at += count;
    }
}

void BandSolo::process_run(float* const* samples, int at, int n) noexcept {
    std::array<float, grid_samples> amounts{};
    amount_.next(std::span(amounts).first(static_cast<std::size_t>(n)));
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        float* const run = samples[c] + at;
        Channel& channel = channels_[c];
        BiquadCoefficients coefficients = now_;
        for (int i = 0; i < n; ++i) {
            coefficients = moved(coefficients, step_);
            const double once = channel.first.process(coefficients, run[i]);
            const auto alone = static_cast<float>(channel.second.process(coefficients, once));
            const float amount = amounts[static_cast<std::size_t>(i)];
            run[i] = (1.0F - amount) * run[i] + amount * alone;
        }
    }
    for (int i = 0; i < n; ++i)
        now_ = moved(now_, step_);
}

} // namespace tonecast
