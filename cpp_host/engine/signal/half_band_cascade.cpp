#include "engine/signal/half_band_cascade.h"

#include <algorithm>

namespace tonecast {

namespace {

constexpr double audible_hz = 20000.0;
constexpr double widest_pass_band = 20.0 / 88.2; // of the higher rate; a filter holds less beyond

} // namespace

bool HalfBandCascade::converts(int input_rate_hz, int output_rate_hz) noexcept {
    const int low_hz = std::min(input_rate_hz, output_rate_hz);
    const int high_hz = std::max(input_rate_hz, output_rate_hz);
    return high_hz == 2 * low_hz || high_hz == 4 * low_hz || high_hz == 8 * low_hz;
}

void HalfBandCascade::prepare(int input_rate_hz, int output_rate_hz, int channels,
                              int max_input_samples) {
    upward_ = output_rate_hz > input_rate_hz;
    const int low_hz = std::min(input_rate_hz, output_rate_hz);
    ratio_ = std::max(input_rate_hz, output_rate_hz) / low_hz;
    stages_.clear();
    for (int factor = 2; factor <= ratio_; factor *= 2)
        stages_.emplace_back(std::min(widest_pass_band, audible_hz / (low_hz * factor)), channels);
    work_.resize(channels, upward_ ? max_input_samples * ratio_ : max_input_samples + ratio_);
    reset();
}

void HalfBandCascade::reset() noexcept {
    for (HalfBand& stage : stages_)
        stage.reset();
    waiting_samples_ = 0;
}

int HalfBandCascade::process(const AudioBuffer& in, int n, AudioBuffer& out) noexcept {
    return upward_ ? up(in, n, out) : down(in, n, out);
}

int HalfBandCascade::up(const AudioBuffer& in, int n, AudioBuffer& out) noexcept {
    for (int c = 0; c < out.channels(); ++c) {
        float* const samples = out.channel(c);
        std::copy_n(in.channel(c), n, samples);
        int count = n;
        for (HalfBand& stage : stages_) {
            std::copy_n(samples, count, work_.channel(c));
            for (int i = 0; i < count; ++i) {
                const auto [first, second] = stage.up(c, work_.channel(c)[i]);
                samples[2 * i] = first;
                samples[2 * i + 1] = second;
            }
            count *= 2;
        }
    }
    return n * ratio_;
}

int HalfBandCascade::down(const AudioBuffer& in, int n, AudioBuffer& out) noexcept {
    const int there = waiting_samples_ + n;
    const int taken = there - there % ratio_;
    for (int c = 0; c < out.channels(); ++c) {
        float* const samples = work_.channel(c);
        std::copy_n(in.channel(c), n, samples + waiting_samples_);
        float left[8];
        std::copy(samples + taken, samples + there, left);
        int count = taken;
        for (auto stage = stages_.rbegin(); stage != stages_.rend(); ++stage) {
            count /= 2;
            for (int i = 0; i < count; ++i)
                samples[i] = stage->down(c, samples[2 * i], samples[2 * i + 1]);
        }
        std::copy_n(samples, count, out.channel(c));
        std::copy_n(left, there - taken, samples);
    }
    waiting_samples_ = there - taken;
    return taken / ratio_;
}

} // namespace tonecast
