#include "engine/families/resonances/stages/bands.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tonecast::resonances {

namespace {

constexpr float db_per_neper = 4.3429448F; // of power

std::size_t one_behind_the_last(const Tables::Indices& a, const Tables::Indices& b) {
    return static_cast<std::size_t>(std::max(std::ranges::max(a), std::ranges::max(b)) + 1);
}

} // namespace

LogBands::LogBands(const Tables& tables)
    : tables_(tables), log_power_(one_behind_the_last(tables.lower_bin, tables.upper_bin)) {}

void LogBands::levels_db(std::span<const float> power, std::span<float> level_db) noexcept {
    for (std::size_t k = 0; k < log_power_.size(); ++k)
        log_power_[k] = std::log(power[k]);
    const std::size_t narrow = tables_.lower_bin.size();
    for (std::size_t b = 0; b < narrow; ++b) {
        const float lower = log_power_[static_cast<std::size_t>(tables_.lower_bin[b])];
        const float upper = log_power_[static_cast<std::size_t>(tables_.upper_bin[b])];
        level_db[b] = db_per_neper * (lower + tables_.upper_share[b] * (upper - lower));
    }
    const std::int32_t* bin = tables_.covered_bin.data();
    const float* share = tables_.covered_share.data();
    const std::size_t covered = tables_.covered_bin.size() / (level_db.size() - narrow);
    for (std::size_t b = narrow; b < level_db.size(); ++b) {
        float mean = 0.0F;
        for (std::size_t i = 0; i < covered; ++i)
            mean += power[static_cast<std::size_t>(*bin++)] * *share++;
        level_db[b] = db_per_neper * std::log(mean);
    }
}

void LogBands::to_bins(std::span<const float> values, std::span<float> bins) const noexcept {
    for (std::size_t k = 0; k < bins.size(); ++k) {
        const float lower = values[static_cast<std::size_t>(tables_.lower_band[k])];
        const float upper = values[static_cast<std::size_t>(tables_.upper_band[k])];
        bins[k] = lower + tables_.band_share[k] * (upper - lower);
    }
}

} // namespace tonecast::resonances
