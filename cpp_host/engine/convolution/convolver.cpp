#include "engine/convolution/convolver.h"

#include "engine/signal/finite.h"

#include <algorithm>
#include <array>

namespace tonecast {

namespace {

constexpr std::array level_sizes{64, 512, 4096};

} // namespace

Convolver::Convolver(const AudioBuffer& taps, int channels) {
    direct_.resize(taps.channels(), std::min(taps.samples(), direct_taps));
    for (int c = 0; c < taps.channels(); ++c)
        std::copy_n(taps.channel(c), direct_.samples(), direct_.channel(c));

    // A level's taps end where those of the next one begin.
    int history = tick_samples;
    for (std::size_t l = 0; l < level_sizes.size() && taps.samples() > 2 * level_sizes[l]; ++l) {
        const bool is_last = l + 1 == level_sizes.size();
        const int end = is_last ? taps.samples() : std::min(taps.samples(), 2 * level_sizes[l + 1]);
        AudioBuffer until_end;
        until_end.resize(taps.channels(), end);
        for (int c = 0; c < taps.channels(); ++c)
            std::copy_n(taps.channel(c), end, until_end.channel(c));
        levels_.emplace_back(level_sizes[l], until_end, channels);
        history = ConvolutionLevel::history_blocks * level_sizes[l];
    }
    input_.resize(channels, history);
    recent_.resize(channels, direct_taps - 1 + 2 * tick_samples);
}

void Convolver::reset() noexcept {
    for (ConvolutionLevel& level : levels_)
        level.reset();
    input_.clear();
    recent_.clear();
    tick_at_ = 0;
    in_tick_ = 0;
}

void Convolver::process(const AudioBuffer& in, AudioBuffer& out, int n) noexcept {
    for (int at = 0; at < n;) {
        if (in_tick_ == 0)
            for (ConvolutionLevel& level : levels_)
                level.tick(tick_at_, input_);
        const int run = std::min(tick_samples - in_tick_, n - at);
        for (int c = 0; c < input_.channels(); ++c)
            process_run(in.channel(c) + at, out.channel(c) + at, c, run);
        at += run;
        in_tick_ += run;
        if (in_tick_ == tick_samples)
            end_tick();
    }
}

void Convolver::process_run(const float* in, float* out, int channel, int n) noexcept {
    float* const newest = recent_.channel(channel) + direct_taps - 1 + in_tick_;
    for (int i = 0; i < n; ++i)
        newest[i] = is_finite(in[i]) ? in[i] : 0.0F;
    std::copy_n(newest, n, input_.channel(channel) + tick_at_ % input_.samples() + in_tick_);

    // All the tick's lanes add up in the same order, however many of them are needed.
    std::array<float, tick_samples> sums{};
    const float* const taps = direct_.channel(channel % direct_.channels());
    for (int k = 0; k < direct_.samples(); ++k)
        for (int i = 0; i < tick_samples; ++i)
            sums[static_cast<std::size_t>(i)] += taps[k] * newest[i - k];
    for (const ConvolutionLevel& level : levels_) {
        const float* const answer = level.answer(channel) + in_tick_;
        for (int i = 0; i < n; ++i)
            sums[static_cast<std::size_t>(i)] += answer[i];
    }
    std::copy_n(sums.data(), n, out);
}

void Convolver::end_tick() noexcept {
    for (int c = 0; c < recent_.channels(); ++c) {
        float* const samples = recent_.channel(c);
        std::copy(samples + tick_samples, samples + direct_taps - 1 + tick_samples, samples);
    }
    tick_at_ += tick_samples;
    in_tick_ = 0;
}

} // namespace tonecast
