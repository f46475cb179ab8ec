#pragma once

#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace tonecast {

/// How long callbacks took, for as many of them as there may ever be: none is left out, and a
/// percentile is exact to 1 %. One thread adds, any thread reads; nothing locks or allocates.
class DurationHistogram {
public:
    void add(float duration_us) noexcept {
        counts_[bin_of(duration_us)].fetch_add(1, relaxed);
        count_.fetch_add(1, relaxed);
        if (duration_us > longest_us_.load(relaxed))
            longest_us_.store(duration_us, relaxed);
    }

    std::uint64_t count() const noexcept { return count_.load(relaxed); }
    float longest_us() const noexcept { return longest_us_.load(relaxed); }

    /// The shortest duration that at least `fraction` (0 … 1) of the callbacks did not exceed,
    /// rounded up to the next 1 %. NaN where there were none.
    float percentile_us(double fraction) const noexcept {
        const std::uint64_t all = count();
        if (all == 0)
            return std::numeric_limits<float>::quiet_NaN();
        const double wanted = fraction * static_cast<double>(all);
        std::uint64_t seen = 0;
        for (std::size_t bin = 0; bin < bins; ++bin) {
            seen += counts_[bin].load(relaxed);
            if (static_cast<double>(seen) >= wanted && seen > 0)
                return std::fmin(min_us *
                                     std::exp(static_cast<float>(bin + 1) * std::log1p(resolution)),
                                 longest_us());
        }
        return longest_us();
    }

    /// How many took longer than this, give or take 1 % of it.
    std::uint64_t count_above(float duration_us) const noexcept {
        std::uint64_t above = 0;
        for (std::size_t bin = bin_of(duration_us) + 1; bin < bins; ++bin)
            above += counts_[bin].load(relaxed);
        return above;
    }

    /// While no thread adds.
    void clear() noexcept {
        for (auto& count : counts_)
            count.store(0, relaxed);
        count_.store(0, relaxed);
        longest_us_.store(0.0F, relaxed);
    }

private:
    static constexpr auto relaxed = std::memory_order_relaxed;
    static constexpr float min_us = 0.05F;
    static constexpr float resolution = 0.01F;
    static constexpr std::size_t bins = 2000; // up to 20 seconds

    static std::size_t bin_of(float duration_us) noexcept {
        const float above = std::log(duration_us / min_us) / std::log1p(resolution);
        const auto bin = above > 0.0F ? static_cast<std::size_t>(above) : 0U;
        return bin < bins ? bin : bins - 1;
    }

    std::array<std::atomic<std::uint64_t>, bins> counts_{};
    std::atomic<std::uint64_t> count_{0};
    std::atomic<float> longest_us_{0.0F};
};

} // namespace tonecast
