#pragma once

#include <algorithm>

namespace tonecast::resonances {

/// How fast the cut grows with what is above the threshold: models/resonance_eq/selection.py.
inline float selection_steepness(float hardness) noexcept {
    constexpr float steepest = 1000.0F; // as good as at once
    return 1.0F / std::max(1.0F - hardness, 1.0F / steepest);
}

/// What of a resonance is worth a cut: what is above the threshold, gently or at once.
inline float selected_db(float resonance_db, float threshold_db, float steepness) noexcept {
    return std::min(resonance_db, std::max(resonance_db - threshold_db, 0.0F) * steepness);
}

} // namespace tonecast::resonances
