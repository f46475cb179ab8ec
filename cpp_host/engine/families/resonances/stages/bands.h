#pragma once

#include "engine/families/resonances/tables.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tonecast::resonances {

/// From bins to bands in dB, and from bands to bins: models/resonance_eq/bands.py.
class LogBands {
public:
    /// Control thread. The tables must outlive this.
    explicit LogBands(const Tables& tables);

    // Neither allocates.

    /// power [bins], positive → level_db [bands].
    void levels_db(std::span<const float> power, std::span<float> level_db) noexcept;

    /// values [bands] → as many in every bin, interpolated.
    void to_bins(std::span<const float> values, std::span<float> bins) const noexcept;

private:
    const Tables& tables_;
    std::vector<float> log_power_; // of the bins that narrow bands lie between
};

} // namespace tonecast::resonances
