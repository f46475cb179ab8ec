#include "engine/players/frame_player.h"

#include "engine/players/ramp_time.h"

#include <utility>

namespace tonecast {

FramePlayer::FramePlayer(const Contract& contract, int hop_samples, int channels,
                         int spread_samples, std::shared_ptr<FrameExecutor> executor,
                         Controls controls)
    : frame_size_samples_(contract.frame_size_samples), hop_samples_(hop_samples),
      delay_samples_(contract.delay_samples), controls_(controls), executor_(std::move(executor)) {
    const int delay_hops = executor_->delay_hops();
    framer_.prepare(contract.has_sidechain ? 2 * channels : channels, frame_size_samples_,
                    hop_samples_, contract.analysis_window);
    if (contract.trained_level && contract.trained_level->is_linear) {
        // A sample lies in each frame that spans it, and in those around it.
        const auto hops = [&](int samples) { return (samples + hop_samples_ - 1) / hop_samples_; };
        frame_level_.prepare(contract.trained_level->input_peak, delay_hops,
                             hops(frame_size_samples_) + 2 * hops(spread_samples));
    }
    const int behind_samples = delay_hops * hop_samples_;
    if (delay_samples_ > 0)
        late_dry_.prepare(channels, delay_samples_, behind_samples, hop_samples_);
    overlap_add_.prepare(channels, frame_size_samples_, hop_samples_,
                         delay_samples_ + behind_samples, contract.analysis_window,
                         contract.synthesis_window);
    out_.resize(channels, hop_samples_);
    declick_.prepare(channels, ramp_samples(contract.sample_rate_hz));
}

int FramePlayer::wait_samples() const noexcept {
    // The k-th sample of a frame is final when the frame after it begins, so at worst a whole
    // frame later.
    return frame_size_samples_ + executor_->delay_hops() * hop_samples_;
}

void FramePlayer::reset() noexcept {
    framer_.reset();
    frame_level_.reset();
    executor_->reset();
    late_dry_.reset();
    overlap_add_.reset();
    declick_.reset();
    framed_samples_ = 0;
    was_dry_ = false;
}

Played FramePlayer::play(const AudioBuffer& in, int from, int n) noexcept {
    Played played{framer_.push(in, from, n)};
    if (delay_samples_ > 0)
        late_dry_.push(in, from, played.taken);
    if (framer_.full()) {
        played.has_played = true;
        played.final_samples = play_frame();
        played.excess = frame_level_.excess();
    }
    return played;
}

int FramePlayer::play_frame() noexcept {
    framer_.pop(executor_->frame());
    frame_level_.take_out(executor_->frame());
    framed_samples_ += hop_samples_;
    for (std::size_t i = 0; i < controls_.size(); ++i)
        executor_->controls()[i] = controls_[i]->next(framed_samples_);

    const PlayedFrame played = with_late_dry(executor_->play());
    const int final_samples =
        overlap_add_.process(played.samples, frame_level_.gain_to_put_back(), out_);
    const bool discontinuity = std::exchange(was_dry_, played.dry) != played.dry;
    if (hop_samples_ == frame_size_samples_) // nothing else fades from the one to the other
        declick_.process(out_, final_samples, discontinuity);
    return final_samples;
}

PlayedFrame FramePlayer::with_late_dry(PlayedFrame played) noexcept {
    if (delay_samples_ == 0)
        return played; // it is dry by the frame that went in
    const AudioBuffer& dry = late_dry_.pop(hop_samples_);
    if (!late_dry_.stands_in(played.dry, hop_samples_))
        return played;
    const int samples = dry.channels() * dry.samples();
    return {std::span(dry.channel(0), static_cast<std::size_t>(samples)), true};
}

} // namespace tonecast
