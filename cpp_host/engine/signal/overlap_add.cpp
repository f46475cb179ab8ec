#include "engine/signal/overlap_add.h"

#include "engine/signal/window.h"

#include <algorithm>

namespace tonecast {

void OverlapAdd::prepare(int channels, int frame_size, int hop_size, Window analysis,
                         Window synthesis) {
    frame_size_ = frame_size;
    hop_size_ = hop_size;
    window_ = make_window(synthesis, frame_size);
    const float gain = overlap_add_gain(analysis, synthesis, frame_size, hop_size);
    for (float& w : window_)
        w *= gain;
    sum_.resize(channels, frame_size);
    reset();
}

void OverlapAdd::reset() noexcept {
    sum_.clear();
}

void OverlapAdd::process(std::span<const float> frame, AudioBuffer& hop) noexcept {
    const float* in = frame.data();
    for (int c = 0; c < sum_.channels(); ++c, in += frame_size_) {
        float* sum = sum_.channel(c);
        for (int n = 0; n < frame_size_; ++n)
            sum[n] += in[n] * window_[static_cast<std::size_t>(n)];
        std::copy_n(sum, hop_size_, hop.channel(c));
        std::copy(sum + hop_size_, sum + frame_size_, sum);
        std::fill(sum + frame_size_ - hop_size_, sum + frame_size_, 0.0F);
    }
}

} // namespace tonecast
