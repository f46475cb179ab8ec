#include "engine/families/resonances/stages/resonances.h"

#include "engine/families/resonances/stages/selection.h"

#include <algorithm>
#include <cmath>

namespace tonecast::resonances {

namespace {

// Channels that differ by less are taken for the same: 0.00001 dB.
constexpr float same_share = 2e-6F; // of a power
constexpr float same_db = 1e-5F;

} // namespace

Resonances::Resonances(const Config& config, const Tables& tables, int frame_size,
                       int transform_size, std::size_t channels)
    : config_(config), tables_(tables), frame_size_(static_cast<std::size_t>(frame_size)),
      channels_(channels), frame_power_(transform_size), own_power_(channels * frame_power_.bins()),
      mean_power_(frame_power_.bins()), bands_(tables), neighbourhood_(config),
      found_db_(static_cast<std::size_t>(config.bands)), band_share_(config, tables),
      sharpening_(tables.sharpening, frame_power_.bins()), power_(own_power_.size()),
      resonance_db_(channels * found_db_.size()) {}

void Resonances::reset() noexcept {
    std::ranges::fill(power_, 0.0F);
    std::ranges::fill(resonance_db_, 0.0F);
    are_one_ = true;
}

bool Resonances::run(std::span<const float> frames, const Controls& controls,
                     std::span<float> gain_db) noexcept {
    const bool linked = controls.link == 1.0F;
    if (are_one_ && !linked)
        for (std::size_t c = 1; c < channels_; ++c) {
            std::ranges::copy(power(0), power(c).begin());
            std::ranges::copy(resonance_db(0), resonance_db(c).begin());
        }
    are_one_ = are_one_ && linked;
    const std::size_t rows = are_one_ ? 1 : channels_;
    const std::size_t bins = frame_power_.bins();

    neighbourhood_.set(controls.widths);
    band_share_.set(controls.weighting);
    listen(frames);
    for (std::size_t c = 0; c < rows; ++c) {
        if (!average_power(c, controls.link))
            return false;
        find(c, controls);
        cut(c, controls, gain_db.subspan(c * bins, bins));
    }
    for (std::size_t c = rows; c < channels_; ++c)
        std::copy_n(gain_db.begin(), bins, gain_db.subspan(c * bins).begin());
    are_one_ = are_one_ || (linked && are_alike());
    return true;
}

std::span<float> Resonances::power(std::size_t channel) noexcept {
    return std::span(power_).subspan(channel * mean_power_.size(), mean_power_.size());
}

std::span<float> Resonances::resonance_db(std::size_t channel) noexcept {
    return std::span(resonance_db_).subspan(channel * found_db_.size(), found_db_.size());
}

/// Each channel's power, and the mean of them.
void Resonances::listen(std::span<const float> frames) noexcept {
    const std::size_t bins = mean_power_.size();
    std::ranges::fill(mean_power_, 0.0F);
    for (std::size_t c = 0; c < channels_; ++c) {
        const std::span<float> own = std::span(own_power_).subspan(c * bins, bins);
        frame_power_.compute(frames.subspan(c * frame_size_, frame_size_), own);
        for (std::size_t k = 0; k < bins; ++k)
            mean_power_[k] += own[k];
    }
    const float share = 1.0F / static_cast<float>(channels_);
    for (float& mean : mean_power_)
        mean *= share;
}

/// Loudness-weighted, linked, over time. False where it is not finite.
bool Resonances::average_power(std::size_t channel, float link) noexcept {
    const std::size_t bins = mean_power_.size();
    const float* const own = own_power_.data() + channel * bins;
    float* __restrict const average = power(channel).data();
    int finite = 0;
    for (std::size_t k = 0; k < bins; ++k) {
        const float linked = link * mean_power_[k] + (1.0F - link) * own[k];
        const float weighted = linked * tables_.loudness_weight[k] + config_.floor_power;
        average[k] = weighted + config_.average_keep * (average[k] - weighted);
        finite += average[k] < INFINITY ? 1 : 0;
    }
    return finite == static_cast<int>(bins);
}

/// The resonances of an average power that steady noise would not show (the non-negative garrote,
/// Gao 1998), with attack and release.
void Resonances::find(std::size_t channel, const Controls& controls) noexcept {
    bands_.levels_db(power(channel), neighbourhood_.level_db());
    neighbourhood_.excess_db(found_db_);
    const float rising_keep = std::exp(-config_.hop_ms / controls.attack_ms);
    const float falling_keep = std::exp(-config_.hop_ms / controls.release_ms);
    float* __restrict const resonance = resonance_db(channel).data();
    for (std::size_t b = 0; b < found_db_.size(); ++b) {
        const float scatter_db = tables_.noise_scatter_db[b];
        const float at_least_db = std::max(found_db_[b], scatter_db);
        const float found = at_least_db - scatter_db * scatter_db / at_least_db;
        const float keep = found > resonance[b] ? rising_keep : falling_keep;
        resonance[b] = found + keep * (resonance[b] - found);
    }
}

/// What is cut of them, in every bin.
void Resonances::cut(std::size_t channel, const Controls& controls,
                     std::span<float> gain_db) noexcept {
    const float steepness = selection_steepness(controls.hardness);
    const std::span<const float> share = band_share_.values();
    const std::span<const float> resonance = resonance_db(channel);
    float* __restrict const cut_db = found_db_.data(); // no longer needed
    for (std::size_t b = 0; b < found_db_.size(); ++b)
        cut_db[b] = controls.attenuation * share[b] *
                    selected_db(resonance[b], controls.threshold_db, steepness);
    bands_.to_bins(found_db_, sharpening_.cut_db());
    sharpening_.sharpen(gain_db);
    // Beside a peak, sharpening would turn cuts into boosts: nothing is ever boosted.
    for (float& gain : gain_db)
        gain = -std::min(config_.strength * std::max(gain, 0.0F), controls.max_cut_db);
}

bool Resonances::are_alike() noexcept {
    for (std::size_t c = 1; c < channels_; ++c) {
        const auto same_power = [](float a, float b) { return std::abs(a - b) <= same_share * b; };
        const auto same_level = [](float a, float b) { return std::abs(a - b) <= same_db; };
        if (!std::ranges::equal(power(c), power(0), same_power) ||
            !std::ranges::equal(resonance_db(c), resonance_db(0), same_level))
            return false;
    }
    return true;
}

} // namespace tonecast::resonances
