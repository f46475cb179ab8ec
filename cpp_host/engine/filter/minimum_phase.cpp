#include "engine/filter/minimum_phase.h"

#include "engine/filter/runnable.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace tonecast {

namespace {

constexpr float neper_per_db = 0.11512925464970229F; // ln(10) / 20

} // namespace

MinimumPhase::MinimumPhase(int transform_size, int taps)
    : kernel_(filter::runnable().front()), transform_(transform_size),
      fade_(static_cast<std::size_t>(taps), 1.0F),
      samples_(static_cast<std::size_t>(transform_size)),
      re_(static_cast<std::size_t>(transform_size / 2 + 1 + filter::readable_beyond_samples)),
      im_(re_.size()) {
    assert(taps >= 1 && taps <= transform_size);
    const int fading = taps / 2;
    for (int i = 0; i < fading; ++i)
        fade_[static_cast<std::size_t>(taps - fading + i)] =
            static_cast<float>(0.5 + 0.5 * std::cos(std::numbers::pi * i / fading));
}

void MinimumPhase::design(std::span<const float> gain_db, std::span<float> fir) noexcept {
    const Complexes spectrum{re_.data(), im_.data()};
    const std::size_t half = samples_.size() / 2;
    for (std::size_t k = 0; k <= half; ++k)
        re_[k] = gain_db[k] * neper_per_db;
    std::ranges::fill(im_, 0.0F);
    transform_.inverse(spectrum, samples_.data());
    // What lies before 0 is folded onto what lies behind it.
    for (std::size_t n = 1; n < half; ++n)
        samples_[n] *= 2.0F;
    std::fill(samples_.begin() + static_cast<std::ptrdiff_t>(half) + 1, samples_.end(), 0.0F);
    transform_.forward(samples_.data(), spectrum);
    for (std::size_t k = 0; k <= half; ++k)
        re_[k] = gain_db[k] * neper_per_db; // closer than the way back and forth
    kernel_->polar(re_.data(), im_.data(), bins(), re_.data(), im_.data());
    transform_.inverse(spectrum, samples_.data());
    for (std::size_t n = 0; n < fade_.size(); ++n)
        fir[n] = samples_[n] * fade_[n];
}

} // namespace tonecast
