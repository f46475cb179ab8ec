#pragma once

#include "engine/families/resonances/config.h"
#include "engine/families/resonances/controls.h"
#include "engine/families/resonances/tables.h"

#include <optional>
#include <span>
#include <vector>

namespace tonecast::resonances {

/// How much of what is found is cut in each band: nothing outside of the frequency range, inside
/// of it more or less by the curve that the user draws, models/resonance_eq/sensitivity.py.
class BandShare {
public:
    /// Control thread. The tables must outlive this.
    BandShare(const Config& config, const Tables& tables);

    // Neither allocates.

    /// Computes them, where the weighting is another than before.
    void set(const Weighting& weighting) noexcept;

    std::span<const float> values() const noexcept { return share_; } // [bands]

private:
    Config config_;
    const Tables& tables_;
    std::optional<Weighting> weighting_;
    std::vector<float> share_;
};

} // namespace tonecast::resonances
