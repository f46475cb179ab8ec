#include "engine/players/causal_player.h"

#include "engine/inference/timed_run.h"
#include "engine/players/ramp_time.h"
#include "engine/signal/finite.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tonecast {

CausalPlayer::CausalPlayer(int sample_rate_hz, int channels, int max_samples,
                           std::unique_ptr<CausalRunner> runner, Controls controls)
    : runner_(std::move(runner)), controls_(controls), ins_(static_cast<std::size_t>(channels)) {
    out_.resize(channels, max_samples);
    for (int c = 0; c < channels; ++c)
        outs_.push_back(out_.channel(c));
    declick_.prepare(channels, ramp_samples(sample_rate_hz));
}

void CausalPlayer::reset() noexcept {
    runner_->reset();
    declick_.reset();
    played_samples_ = 0;
    was_dry_ = false;
}

Played CausalPlayer::play(const AudioBuffer& in, int from, int n) noexcept {
    if (!controls_.empty()) {
        const auto step = static_cast<int>(played_samples_ % step_samples);
        n = std::min(n, step_samples - step);
        if (step == 0) {
            for (std::size_t i = 0; i < controls_.size(); ++i)
                runner_->controls()[i] = controls_[i]->next(played_samples_);
            runner_->follow_controls();
        }
    }
    for (std::size_t c = 0; c < ins_.size(); ++c)
        ins_[c] = in.channel(static_cast<int>(c)) + from;
    run(n);
    played_samples_ += n;
    return {.taken = n, .has_played = true, .final_samples = n};
}

void CausalPlayer::run(int n) noexcept {
    counts_.frames.fetch_add(1, std::memory_order_relaxed);
    counts_.completed_frames.fetch_add(1, std::memory_order_relaxed);
    const bool good = timed(counts_, [&] {
        runner_->process(ins_.data(), outs_.data(), n);
        return std::ranges::all_of(outs_, [n](const float* out) {
            return is_finite(std::span(out, static_cast<std::size_t>(n)));
        });
    });
    if (!good) {
        counts_.bad_frames.fetch_add(1, std::memory_order_relaxed);
        runner_->reset(); // its state may carry the fault on
        for (std::size_t c = 0; c < ins_.size(); ++c)
            std::copy_n(ins_[c], n, outs_[c]);
    }
    const bool discontinuity = std::exchange(was_dry_, !good) != !good;
    declick_.process(out_, n, discontinuity);
}

} // namespace tonecast
