#include "engine/convolution/level_response.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tonecast {

LevelResponse::LevelResponse(const SkewTransform& transform, std::span<const float> taps)
    : size_(transform.size()), partitions_((static_cast<int>(taps.size()) + size_ - 1) / size_),
      spectra_(std::size_t{2} * static_cast<std::size_t>(size_) *
               static_cast<std::size_t>(partitions_)) {
    const auto size = static_cast<std::size_t>(size_);
    const std::vector<float> silence(size);
    std::vector<float> block(size);
    for (int p = 0; p < partitions_; ++p) {
        std::ranges::fill(block, 0.0F);
        const std::size_t from = static_cast<std::size_t>(p) * size;
        const std::size_t count = std::min(size, taps.size() - from);
        for (std::size_t i = 0; i < count; ++i) // what the inverse multiplies by
            block[i] = taps[from + i] / static_cast<float>(size_);
        transform.forward(block.data(), silence.data(), partition(p));
    }
}

} // namespace tonecast
