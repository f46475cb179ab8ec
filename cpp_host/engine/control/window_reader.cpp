#include "engine/control/window_reader.h"

#include <algorithm>
#include <cstddef>

namespace tonecast {

namespace {

constexpr int chunk_samples = 2048;

std::int64_t divided_down(std::int64_t a, std::int64_t b) {
    return (a < 0 ? a - b + 1 : a) / b;
}

} // namespace

void WindowReader::prepare(int host_rate_hz, int predictor_rate_hz, int sides, int window_samples) {
    ratio_ = RateRatio(host_rate_hz, predictor_rate_hz);
    window_samples_ = window_samples;
    resampler_.prepare(host_rate_hz, predictor_rate_hz, sides, chunk_samples);
    host_.resize(sides, chunk_samples);
    resampled_.resize(sides, resampler_.max_output_samples(chunk_samples));
}

std::int64_t WindowReader::needs(const PredictorWindow& window) const noexcept {
    return host_sample(window.from + window_samples_ - 1) + 1 + resampler_.lookahead_samples();
}

int WindowReader::reach_samples() const noexcept {
    return static_cast<int>(host_sample(window_samples_)) + 1 + 2 * resampler_.lookahead_samples() +
           ratio_.down;
}

bool WindowReader::read(const History& history, const PredictorWindow& window,
                        std::span<float> out) noexcept {
    // The resampler begins so early that no sample of the window reaches back to before, at a place
    // where samples of both rates coincide.
    const std::int64_t first_tap =
        host_sample(window.from) - std::max(0, resampler_.lookahead_samples() - 1);
    const std::int64_t period = divided_down(first_tap, ratio_.down);
    std::int64_t at = period * ratio_.down;                 // of the host's samples
    std::int64_t sample = period * ratio_.up - window.from; // of the window's
    const std::int64_t until = needs(window);

    resampler_.reset();
    const auto size = static_cast<std::size_t>(window_samples_);
    while (at < until) {
        const int n = static_cast<int>(std::min<std::int64_t>(chunk_samples, until - at));
        if (!history.copy(window.stream_begin + at, n, window.stream_begin, host_))
            return false;
        const int count = resampler_.process(host_, n, resampled_);
        // Where two of its samples fall on one of the host's, the resampler may give one too many.
        const auto first = static_cast<int>(std::clamp<std::int64_t>(-sample, 0, count));
        const auto last = static_cast<int>(std::min<std::int64_t>(window_samples_ - sample, count));
        for (int side = 0; side < host_.channels(); ++side)
            std::copy(resampled_.channel(side) + first, resampled_.channel(side) + last,
                      out.begin() + static_cast<std::ptrdiff_t>(size) * side + sample + first);
        at += n;
        sample += count;
    }
    if (host_.channels() == 1)
        std::copy_n(out.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(size));
    return true;
}

} // namespace tonecast
