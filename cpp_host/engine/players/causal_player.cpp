#include "engine/players/causal_player.h"

#include "engine/inference/timed_run.h"
#include "engine/players/ramp_time.h"
#include "engine/signal/finite.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tonecast {

CausalPlayer::CausalPlayer(const Contract& contract, int channels, int max_samples,
                           std::unique_ptr<CausalRunner> runner, Controls controls)
    : runner_(std::move(runner)), controls_(controls), delay_samples_(contract.delay_samples),
      before_stream_samples_(delay_samples_), ins_(static_cast<std::size_t>(channels)) {
    late_dry_.prepare(channels, delay_samples_, 0, max_samples);
    out_.resize(channels, max_samples);
    for (int c = 0; c < channels; ++c)
        outs_.push_back(out_.channel(c));
    declick_.prepare(channels, ramp_samples(contract.sample_rate_hz));
}

void CausalPlayer::reset() noexcept {
    runner_->reset();
    late_dry_.reset();
    declick_.reset();
    played_samples_ = 0;
    before_stream_samples_ = delay_samples_;
    was_dry_ = false;
}

Played CausalPlayer::play(const AudioBuffer& in, int from, int n) noexcept {
    n = samples_alike(n);
    if (!controls_.empty() && played_samples_ % step_samples == 0) {
        for (std::size_t i = 0; i < controls_.size(); ++i)
            runner_->controls()[i] = controls_[i]->next(played_samples_);
        runner_->follow_controls();
    }
    for (std::size_t c = 0; c < ins_.size(); ++c)
        ins_[c] = in.channel(static_cast<int>(c)) + from;
    late_dry_.push(in, from, n);
    run(n);
    played_samples_ += n;
    const bool before_stream = before_stream_samples_ > 0;
    before_stream_samples_ -= before_stream ? n : 0;
    return {.taken = n, .has_played = true, .final_samples = before_stream ? 0 : n};
}

/// How many of n samples can be played as one: with the same controls, all in the stream or all
/// before it, all dry or none.
int CausalPlayer::samples_alike(int n) const noexcept {
    if (!controls_.empty())
        n = std::min(n, step_samples - static_cast<int>(played_samples_ % step_samples));
    for (const int until : {before_stream_samples_, late_dry_.missing_samples()})
        if (until > 0)
            n = std::min(n, until);
    return n;
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
    }
    const AudioBuffer& dry = late_dry_.pop(n);
    const bool is_dry = late_dry_.stands_in(!good, n);
    if (is_dry)
        for (std::size_t c = 0; c < outs_.size(); ++c)
            std::copy_n(dry.channel(static_cast<int>(c)), n, outs_[c]);
    const bool discontinuity = std::exchange(was_dry_, is_dry) != is_dry;
    declick_.process(out_, n, discontinuity);
}

} // namespace tonecast
