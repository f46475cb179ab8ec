#include "engine/families/resonances/stages/sharpening.h"

#include <algorithm>

namespace tonecast::resonances {

namespace {

constexpr std::size_t taps_at_once = 4; // so that sums stay in registers for longer

} // namespace

Sharpening::Sharpening(std::span<const float> taps, std::size_t bins)
    : reach_(taps.size() / 2), taps_(taps.begin(), taps.end()), bins_(bins) {
    taps_.resize((taps.size() + taps_at_once - 1) / taps_at_once * taps_at_once);
    padded_.resize(bins + taps_.size());
}

std::span<float> Sharpening::cut_db() noexcept {
    return std::span(padded_).subspan(reach_, bins_);
}

void Sharpening::sharpen(std::span<float> sharp_db) const noexcept {
    std::ranges::fill(sharp_db, 0.0F);
    float* __restrict const out = sharp_db.data();
    for (std::size_t j = 0; j < taps_.size(); j += taps_at_once) {
        const float* const w = &taps_[j];
        const float* const in = &padded_[j];
        for (std::size_t k = 0; k < sharp_db.size(); ++k)
            out[k] = out[k] + w[0] * in[k] + w[1] * in[k + 1] + w[2] * in[k + 2] + w[3] * in[k + 3];
    }
}

} // namespace tonecast::resonances
