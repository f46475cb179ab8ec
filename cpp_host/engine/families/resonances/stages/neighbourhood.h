#pragma once

#include "engine/families/resonances/config.h"
#include "engine/families/resonances/controls.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace tonecast::resonances {

/// How far each band stands out: its level, less those around it smoothed over log frequency by a
/// Gaussian with a gap: models/resonance_eq/neighbourhood.py.
class Neighbourhood {
public:
    /// Control thread.
    explicit Neighbourhood(const Config& config);

    // None allocates.

    /// Makes the Gaussians, where the widths are others than before.
    void set(const Widths& widths) noexcept;

    /// Where the levels [bands] go, in dB.
    std::span<float> level_db() noexcept { return inside(level_db_); }

    /// Their excess [bands] over the neighbourhood, in dB.
    void excess_db(std::span<float> excess) noexcept;

private:
    /// A weighted mean over bands that ends where the bands end: it is over those that are there.
    struct Average {
        std::vector<float> weights;   // [reach + 1], of so many bands to either side
        std::size_t groups = 0;       // of weights, behind the first, that matter
        std::vector<float> per_total; // [bands], one by the sum of the weights that are there
    };

    std::span<float> inside(std::vector<float>& padded) const noexcept;
    void finish(Average& average) noexcept;
    void sum(const Average& average, std::vector<float>& padded, std::span<float> sums) noexcept;

    Config config_;
    std::size_t bands_;
    std::size_t padding_; // zeros to either side
    std::optional<Widths> widths_;
    Average around_;
    Average itself_;
    std::vector<float> level_db_;   // padded
    std::vector<float> everywhere_; // padded ones
    std::vector<float> average_db_; // [bands]
};

} // namespace tonecast::resonances
