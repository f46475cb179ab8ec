#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace tonecast {

/// Samples of a few channels, each channel contiguous. Allocates in resize() only.
class AudioBuffer {
public:
    void resize(int channels, int samples) {
        channels_ = channels;
        samples_ = samples;
        data_.assign(static_cast<std::size_t>(channels) * static_cast<std::size_t>(samples), 0.0F);
    }

    void clear() noexcept { std::fill(data_.begin(), data_.end(), 0.0F); }

    int channels() const noexcept { return channels_; }
    int samples() const noexcept { return samples_; }

    float* channel(int index) noexcept { return data_.data() + offset(index); }
    const float* channel(int index) const noexcept { return data_.data() + offset(index); }

private:
    std::ptrdiff_t offset(int channel) const noexcept {
        return static_cast<std::ptrdiff_t>(channel) * samples_;
    }

    int channels_ = 0;
    int samples_ = 0;
    std::vector<float> data_;
};

} // namespace tonecast
