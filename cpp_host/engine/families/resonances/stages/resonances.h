#pragma once

#include "engine/families/resonances/config.h"
#include "engine/families/resonances/controls.h"
#include "engine/families/resonances/stages/band_share.h"
#include "engine/families/resonances/stages/bands.h"
#include "engine/families/resonances/stages/frame_power.h"
#include "engine/families/resonances/stages/neighbourhood.h"
#include "engine/families/resonances/stages/sharpening.h"
#include "engine/families/resonances/tables.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tonecast::resonances {

/// What stands out of its spectral neighbourhood, turned down: the stages of
/// models/resonance_eq/resonances.py, for one stream.
///
///     frame ─ power, linked among channels ─ loudness weighting ─ average over time
///           ─ bands: level ─ minus its smoothed neighbourhood ─ what noise would show taken off
///           ─ attack and release ─ those above the threshold ─ × attenuation, share of the band
///           ─ per bin ─ sharpened ─ no more than the largest cut: gain in dB
///
/// Where all channels are linked, and what is left of others' past is inaudible, one is computed
/// for all.
class Resonances {
public:
    /// Control thread. The tables must outlive this.
    Resonances(const Config& config, const Tables& tables, int frame_size, int transform_size,
               std::size_t channels);

    // Neither allocates.

    void reset() noexcept;

    /// frames [channels, frame size] → gain_db [channels, bins]. False where a power is not finite:
    /// the state then holds it, and is to be reset.
    bool run(std::span<const float> frames, const Controls& controls,
             std::span<float> gain_db) noexcept;

private:
    std::span<float> power(std::size_t channel) noexcept;
    std::span<float> resonance_db(std::size_t channel) noexcept;
    void listen(std::span<const float> frames) noexcept;
    bool average_power(std::size_t channel, float link) noexcept;
    void find(std::size_t channel, const Controls& controls) noexcept;
    void cut(std::size_t channel, const Controls& controls, std::span<float> gain_db) noexcept;
    bool are_alike() noexcept;

    Config config_;
    const Tables& tables_;
    std::size_t frame_size_;
    std::size_t channels_;

    // In the order of the stages.
    FramePower frame_power_;
    std::vector<float> own_power_;  // [channels, bins]
    std::vector<float> mean_power_; // [bins]
    LogBands bands_;
    Neighbourhood neighbourhood_;
    std::vector<float> found_db_; // [bands]
    BandShare band_share_;
    Sharpening sharpening_;

    // The state.
    std::vector<float> power_;        // [channels, bins], averaged over time
    std::vector<float> resonance_db_; // [channels, bands]
    bool are_one_ = true;             // the first channel's holds for all
};

} // namespace tonecast::resonances
