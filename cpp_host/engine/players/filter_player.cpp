#include "engine/players/filter_player.h"

#include "engine/filter/filter_runner.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tonecast {

FilterPlayer::FilterPlayer(const Contract& contract, const Settings& settings,
                           std::shared_ptr<FrameExecutor> executor, Controls controls)
    : to_host_(contract.sample_rate_hz, settings.host_rate_hz), hop_samples_(settings.hop_samples),
      controls_(controls), executor_(std::move(executor)) {
    for (std::size_t i = 0; i < contract.controls.size(); ++i)
        if (contract.controls[i].is_players)
            delta_ = i;
    const int channels = settings.channels;
    beside_.resize(channels, settings.max_samples);
    to_model_rate_.prepare(settings.host_rate_hz, contract.sample_rate_hz, channels,
                           settings.max_samples, settings.resampling);
    model_in_.resize(channels, to_model_rate_.max_output_samples(settings.max_samples));
    framer_.prepare(channels, contract.frame_size_samples, hop_samples_, contract.analysis_window);
    const int taps = filter_taps(contract, settings.host_rate_hz);
    waiting_.resize(static_cast<std::size_t>(settings.late_hops - executor_->delay_hops()));
    for (Said& said : waiting_)
        said.frame_out.reserve(static_cast<std::size_t>(channels * taps) + 1);
    filter_.prepare(channels, taps, settings.max_samples);
    out_.resize(channels, settings.max_samples);
}

void FilterPlayer::reset() noexcept {
    played_samples_ = 0;
    hops_ = 0;
    bounded_ = false;
    to_model_rate_.reset();
    framer_.reset();
    executor_->reset();
    for (Said& said : waiting_)
        said.is_there = false;
    filter_.reset();
    delta_from_ = delta_to_ = 0.0F;
}

/// The host's samples that it takes until the model has all samples of so many hops: one sample of
/// the model comes with the host's at the same instant, and the resampler's look-ahead behind it.
std::int64_t FilterPlayer::end_of_hop(std::int64_t hop) const noexcept {
    const std::int64_t last = hop * hop_samples_ - 1;
    return last * to_host_.up / to_host_.down + to_model_rate_.lookahead_samples() + 1;
}

Played FilterPlayer::play(const AudioBuffer& in, int from, int n) noexcept {
    if (played_samples_ == 0 && delta_) // what is set before the stream does not fade in
        delta_from_ = delta_to_ = controls_[*delta_]->next(0);
    const std::int64_t left = end_of_hop(hops_ + 1) - played_samples_;
    n = static_cast<int>(std::min<std::int64_t>(n, left));
    for (int c = 0; c < beside_.channels(); ++c)
        std::copy_n(in.channel(beside_.channels() + c) + from, n, beside_.channel(c));
    filter_.process(in, from, out_, n);
    give_delta(in, from, n);
    played_samples_ += n;
    listen(n);
    const bool bounded = std::exchange(bounded_, false);
    return {.taken = n, .has_played = true, .final_samples = n, .has_held = bounded};
}

void FilterPlayer::listen(int n) noexcept {
    const int model_samples = to_model_rate_.process(beside_, n, model_in_);
    for (int from = 0; from < model_samples;) {
        from += framer_.push(model_in_, from, model_samples - from);
        if (framer_.full())
            end_hop();
    }
}

void FilterPlayer::end_hop() noexcept {
    ++hops_;
    assert(played_samples_ == end_of_hop(hops_));
    framer_.pop(executor_->frame());
    for (std::size_t i = 0; i < controls_.size(); ++i)
        executor_->controls()[i] = controls_[i]->next(hops_ * hop_samples_);
    delta_from_ = delta_to_;
    if (delta_)
        delta_to_ = executor_->controls()[*delta_];

    const PlayedFrame played = executor_->play();
    const bool is_there = hops_ > executor_->delay_hops() && !played.dry;
    const std::span<const float> now = is_there ? played.samples : std::span<const float>();
    if (waiting_.empty())
        return begin_hop(now);
    Said& due = waiting_[oldest_];
    begin_hop(due.is_there ? std::span<const float>(due.frame_out) : std::span<const float>());
    due.is_there = is_there;
    due.frame_out.assign(now.begin(), now.end()); // there is room
    oldest_ = (oldest_ + 1) % waiting_.size();
}

void FilterPlayer::begin_hop(std::span<const float> said) noexcept {
    const auto samples = static_cast<int>(end_of_hop(hops_ + 1) - end_of_hop(hops_));
    bounded_ |= !said.empty() && FilterRunner::is_bounded(said);
    filter_.begin_hop(said.empty() ? said : FilterRunner::filters(said), samples);
}

/// Towards what the filter takes away: the sound as it came in, minus what comes out.
void FilterPlayer::give_delta(const AudioBuffer& in, int from, int n) noexcept {
    if (delta_from_ == 0.0F && delta_to_ == 0.0F)
        return;
    const std::int64_t begins = hops_ == 0 ? 0 : end_of_hop(hops_);
    const auto hop = static_cast<float>(end_of_hop(hops_ + 1) - begins);
    const auto in_hop = static_cast<int>(played_samples_ - begins);
    for (int c = 0; c < out_.channels(); ++c) {
        const float* const dry = in.channel(c) + from;
        float* const samples = out_.channel(c);
        for (int i = 0; i < n; ++i) {
            const float share = static_cast<float>(in_hop + 1 + i) / hop;
            const float delta = delta_from_ + share * (delta_to_ - delta_from_);
            samples[i] = (1.0F - delta) * samples[i] + delta * (dry[i] - samples[i]);
        }
    }
}

} // namespace tonecast
