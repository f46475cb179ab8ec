#include "engine/signal/overlap_add.h"

#include <algorithm>

namespace tonecast {

void OverlapAdd::prepare(int channels, int frame_size, int hop_size, int late_samples,
                         Window analysis, Window synthesis) {
    frame_size_ = frame_size;
    hop_size_ = hop_size;
    late_samples_ = late_samples;
    window_ = make_window(synthesis, frame_size);
    const float gain = overlap_add_gain(analysis, synthesis, frame_size, hop_size);
    for (float& w : window_)
        w *= gain;
    sum_.resize(channels, frame_size);
    reset();
}

void OverlapAdd::reset() noexcept {
    sum_.clear();
    before_stream_samples_ = frame_size_ - hop_size_ + late_samples_;
}

int OverlapAdd::process(std::span<const float> frame, float gain, AudioBuffer& out) noexcept {
    const int skipped = std::min(before_stream_samples_, hop_size_);
    before_stream_samples_ -= skipped;
    const float* in = frame.data();
    for (int c = 0; c < sum_.channels(); ++c, in += frame_size_) {
        float* sum = sum_.channel(c);
        for (int n = 0; n < frame_size_; ++n)
            sum[n] += gain * in[n] * window_[static_cast<std::size_t>(n)];
        std::copy(sum + skipped, sum + hop_size_, out.channel(c));
        std::copy(sum + hop_size_, sum + frame_size_, sum);
        std::fill(sum + frame_size_ - hop_size_, sum + frame_size_, 0.0F);
    }
    return hop_size_ - skipped;
}

} // namespace tonecast
