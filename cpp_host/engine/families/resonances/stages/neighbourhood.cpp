#include "engine/families/resonances/stages/neighbourhood.h"

#include <algorithm>
#include <cmath>

namespace tonecast::resonances {

namespace {

constexpr std::size_t taps_at_once = 4; // so that sums stay in registers for longer
// A Gaussian this wide is one at its own band and, in single precision, zero at all others.
constexpr float narrowest_octaves = 1e-3F;
constexpr float sigma_per_width = 0.42466090F; // at half height: 1 / √(8 ln 2)
// Of the largest weight: less is lost in the rounding of the sums, and is left out.
constexpr float negligible = 1e-10F;

std::size_t padding(const Config& config) {
    const auto reach = static_cast<std::size_t>(std::min(config.reach_bands, config.bands - 1));
    return (reach + taps_at_once - 1) / taps_at_once * taps_at_once;
}

float gaussian(float octaves, float width_octaves) noexcept {
    const float distance = octaves / (sigma_per_width * width_octaves);
    return std::exp(-0.5F * distance * distance);
}

} // namespace

Neighbourhood::Neighbourhood(const Config& config)
    : config_(config), bands_(static_cast<std::size_t>(config.bands)), padding_(padding(config)),
      level_db_(bands_ + 2 * padding_), everywhere_(level_db_.size()), average_db_(bands_) {
    std::ranges::fill(inside(everywhere_), 1.0F);
    for (Average* average : {&around_, &itself_}) {
        average->weights.resize(padding_ + 1);
        average->per_total.resize(bands_);
    }
}

std::span<float> Neighbourhood::inside(std::vector<float>& padded) const noexcept {
    return std::span(padded).subspan(padding_, bands_);
}

void Neighbourhood::set(const Widths& widths) noexcept {
    if (widths_ == widths)
        return;
    widths_ = widths;
    const float detail_octaves = widths.detail_octaves;
    for (std::size_t j = 0; j <= padding_; ++j) {
        const bool reached = j <= static_cast<std::size_t>(config_.reach_bands);
        const float octaves = static_cast<float>(j) / config_.bands_per_octave;
        const float gap = 1.0F - gaussian(octaves, config_.gap_octaves + detail_octaves);
        around_.weights[j] =
            reached ? gap * gaussian(octaves, widths.width_octaves + detail_octaves) : 0.0F;
        itself_.weights[j] =
            reached ? gaussian(octaves, std::max(detail_octaves, narrowest_octaves)) : 0.0F;
    }
    finish(around_);
    finish(itself_);
}

void Neighbourhood::finish(Average& average) noexcept {
    const float least = negligible * std::ranges::max(average.weights);
    std::size_t last = padding_;
    while (last > 0 && average.weights[last] <= least)
        --last;
    average.groups = (last + taps_at_once - 1) / taps_at_once;
    sum(average, everywhere_, average.per_total);
    for (float& total : average.per_total)
        total = 1.0F / total;
}

void Neighbourhood::excess_db(std::span<float> excess) noexcept {
    sum(around_, level_db_, average_db_);
    sum(itself_, level_db_, excess);
    for (std::size_t b = 0; b < bands_; ++b)
        excess[b] = excess[b] * itself_.per_total[b] - average_db_[b] * around_.per_total[b];
}

/// The weights are the same to both sides.
void Neighbourhood::sum(const Average& average, std::vector<float>& padded,
                        std::span<float> sums) noexcept {
    const float* const at = inside(padded).data();
    float* __restrict const out = sums.data();
    for (std::size_t b = 0; b < bands_; ++b)
        out[b] = average.weights[0] * at[b];
    for (std::size_t group = 0; group < average.groups; ++group) {
        const std::size_t j = 1 + group * taps_at_once;
        const float* const w = &average.weights[j];
        const float* const below = at - j;
        const float* const above = at + j;
        for (std::size_t b = 0; b < bands_; ++b)
            out[b] =
                out[b] + w[0] * (below[b] + above[b]) + w[1] * ((below - 1)[b] + above[b + 1]) +
                w[2] * ((below - 2)[b] + above[b + 2]) + w[3] * ((below - 3)[b] + above[b + 3]);
    }
}

} // namespace tonecast::resonances
