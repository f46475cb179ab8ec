#include "engine/families/resonances/stages/band_share.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tonecast::resonances {

namespace {

constexpr float pivot_hz = 1000.0F; // of the tilt
constexpr float least_db = -40.0F;
constexpr float most_db = 12.0F;
constexpr float nepers_per_db = 0.11512925F;     // of amplitude
constexpr float half_at_half_width = 2.7725887F; // exp(−x²/w² · this) is one half at x = w / 2

float sensitivity_db(const Weighting& weighting, float octave) noexcept {
    float curve_db = 0.0F;
    for (const Bell& bell : weighting.bell) {
        if (bell.height_db == 0.0F)
            continue;
        const float far = (octave - std::log2(bell.at_hz / pivot_hz)) / bell.width_octaves;
        curve_db += bell.height_db * std::exp(-half_at_half_width * far * far);
    }
    return std::clamp(curve_db + weighting.tilt_db * octave, least_db, most_db);
}

} // namespace

BandShare::BandShare(const Config& config, const Tables& tables)
    : config_(config), tables_(tables), share_(tables.band_octave.size()) {}

void BandShare::set(const Weighting& weighting) noexcept {
    if (weighting_ == weighting)
        return;
    weighting_ = weighting;
    // One band further in, because bins interpolate between neighbouring bands.
    const float inset = 1.0F / config_.bands_per_octave;
    const float low_octave = std::log2(weighting.low_hz) + inset;
    const float high_octave = std::log2(weighting.high_hz) - inset;
    for (std::size_t b = 0; b < share_.size(); ++b) {
        const float octave = tables_.band_octave[b];
        const float inside = std::min(octave - low_octave, high_octave - octave);
        const float in_range = std::clamp(inside / config_.edge_octaves, 0.0F, 1.0F);
        const float curve_db = sensitivity_db(weighting, tables_.pivot_octave[b]);
        share_[b] = in_range * std::exp(nepers_per_db * curve_db);
    }
}

} // namespace tonecast::resonances
