#include "engine/families/resonances/stages/frame_power.h"

#include <algorithm>

namespace tonecast::resonances {

FramePower::FramePower(int transform_size)
    : transform_(transform_size), samples_(static_cast<std::size_t>(transform_size)),
      re_(static_cast<std::size_t>(transform_size / 2 + 1)), im_(re_.size()) {}

void FramePower::compute(std::span<const float> frame, std::span<float> power) noexcept {
    std::ranges::copy(frame, samples_.begin()); // what is behind it stays zero
    transform_.forward(samples_.data(), {re_.data(), im_.data()});
    for (std::size_t k = 0; k < power.size(); ++k)
        power[k] = static_cast<float>(0.5 * (re_[k] * re_[k] + im_[k] * im_[k]));
}

} // namespace tonecast::resonances
