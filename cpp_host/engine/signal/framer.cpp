#include "engine/signal/framer.h"

#include <algorithm>

namespace tonecast {

void Framer::prepare(int channels, int frame_size, int hop_size, Window analysis) {
    frame_size_ = frame_size;
    hop_size_ = hop_size;
    window_ = make_window(analysis, frame_size);
    recent_.resize(channels, frame_size);
    reset();
}

void Framer::reset() noexcept {
    recent_.clear();
    fresh_samples_ = 0;
}

int Framer::push(const AudioBuffer& in, int from, int n) noexcept {
    const int taken = std::min(n, hop_size_ - fresh_samples_);
    const int write_at = frame_size_ - hop_size_ + fresh_samples_;
    for (int c = 0; c < recent_.channels(); ++c)
        std::copy_n(in.channel(c) + from, taken, recent_.channel(c) + write_at);
    fresh_samples_ += taken;
    return taken;
}

void Framer::pop(std::span<float> frame) noexcept {
    float* out = frame.data();
    for (int c = 0; c < recent_.channels(); ++c, out += frame_size_) {
        float* samples = recent_.channel(c);
        for (int n = 0; n < frame_size_; ++n)
            out[n] = samples[n] * window_[static_cast<std::size_t>(n)];
        std::copy(samples + hop_size_, samples + frame_size_, samples);
    }
    fresh_samples_ = 0;
}

} // namespace tonecast
