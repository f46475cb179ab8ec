#include "engine/filter/filter_design.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tonecast {

namespace {

/// So many points that the host's bins lie no further apart than the model's.
int host_transform_size(const Contract& contract, int host_rate_hz) {
    const std::int64_t points = (std::int64_t{contract.transform_size_samples} * host_rate_hz +
                                 contract.sample_rate_hz - 1) /
                                contract.sample_rate_hz;
    return static_cast<int>(std::bit_ceil(static_cast<std::uint64_t>(points)));
}

} // namespace

int filter_taps(const Contract& contract, int host_rate_hz) {
    const double taps =
        static_cast<double>(contract.filter_taps_samples) * host_rate_hz / contract.sample_rate_hz;
    return std::max(1, static_cast<int>(std::lround(taps)));
}

FilterDesign::FilterDesign(const Contract& contract, int host_rate_hz)
    : max_gain_db_(contract.max_gain_db),
      gain_db_(static_cast<std::size_t>(contract.transform_size_samples / 2 + 1)),
      minimum_phase_(host_transform_size(contract, host_rate_hz),
                     filter_taps(contract, host_rate_hz)),
      host_gain_db_(static_cast<std::size_t>(minimum_phase_.bins())) {
    // In integers, so that where the bins meet, they meet.
    const std::int64_t last = contract.transform_size_samples / 2;
    const std::int64_t host_size = 2 * (std::int64_t{minimum_phase_.bins()} - 1);
    const std::int64_t one = host_size * contract.sample_rate_hz;
    for (std::int64_t k = 0; k < minimum_phase_.bins(); ++k) {
        const std::int64_t place = k * host_rate_hz * contract.transform_size_samples;
        const std::int64_t lower = std::min(place / one, last);
        lower_bin_.push_back(static_cast<int>(lower));
        share_.push_back(lower == last ? 0.0F
                                       : static_cast<float>(static_cast<double>(place % one) /
                                                            static_cast<double>(one)));
    }
}

FilterDesign::Outcome FilterDesign::design(std::span<const float> gain_db,
                                           std::span<float> fir) noexcept {
    int bounded = 0;
    int flat = 0;
    for (std::size_t k = 0; k < gain_db_.size(); ++k) {
        const float asked = gain_db[k];
        if (!(asked < INFINITY))
            return Outcome::broken;
        gain_db_[k] = std::clamp(asked, min_gain_db, max_gain_db_);
        bounded += gain_db_[k] != asked ? 1 : 0;
        flat += gain_db_[k] == 0.0F ? 1 : 0;
    }
    const Outcome outcome = bounded > 0 ? Outcome::bounded : Outcome::good;
    if (flat == bins()) {
        std::ranges::fill(fir, 0.0F);
        fir[0] = 1.0F;
        return outcome;
    }
    for (std::size_t k = 0; k < host_gain_db_.size(); ++k) {
        const auto lower = static_cast<std::size_t>(lower_bin_[k]);
        const std::size_t upper = std::min(lower + 1, gain_db_.size() - 1);
        host_gain_db_[k] = gain_db_[lower] + share_[k] * (gain_db_[upper] - gain_db_[lower]);
    }
    minimum_phase_.design(host_gain_db_, fir);
    return outcome;
}

} // namespace tonecast
