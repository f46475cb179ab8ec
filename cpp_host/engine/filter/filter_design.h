#pragma once

#include "engine/effect_file/contract.h"
#include "engine/filter/minimum_phase.h"

#include <span>
#include <vector>

namespace tonecast {

/// Makes the host's filter of what a filter effect's graph says of one frame.
///
///   gain_db at the model's bins ─ bounds ─ gain_db at the host's bins ─ minimum phase ─ fir
///
/// The filter is as long as the contract says, in seconds. Between the model's bins the curve is a
/// straight line in dB over frequency; beyond the model's Nyquist frequency its last value holds.
class FilterDesign {
public:
    /// Below this a gain is as good as none; minus infinity has no phase.
    static constexpr float min_gain_db = -120.0F;

    enum class Outcome {
        good,
        bounded, // the curve left what the contract or min_gain_db allows, and was held to it
        broken,  // NaN or plus infinity: there is no filter
    };

    /// Control thread.
    FilterDesign(const Contract& contract, int host_rate_hz);

    int bins() const noexcept { return static_cast<int>(gain_db_.size()); } // of the model
    int taps() const noexcept { return minimum_phase_.taps(); }

    /// Any one thread; does not allocate. gain_db [bins] → fir [taps]; a curve of zeros gives
    /// exactly the filter that lets everything pass.
    Outcome design(std::span<const float> gain_db, std::span<float> fir) noexcept;

private:
    float max_gain_db_;
    std::vector<float> gain_db_; // at the model's bins, within the bounds
    MinimumPhase minimum_phase_;
    std::vector<float> host_gain_db_;
    std::vector<int> lower_bin_; // of the model's, for each of the host's
    std::vector<float> share_;   // of the bin above it
};

/// How many taps a filter effect's filters have at a host's rate.
int filter_taps(const Contract& contract, int host_rate_hz);

} // namespace tonecast
