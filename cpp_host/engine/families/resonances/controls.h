#pragma once

#include "engine/effect_file/contract.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tonecast::resonances {

inline constexpr std::size_t bells = 4;

/// A part of the curve that says where to cut more, and where less.
struct Bell {
    float at_hz = 0.0F;
    float height_db = 0.0F;
    float width_octaves = 0.0F; // at half height
    bool operator==(const Bell&) const = default;
};

/// How much of what is found is cut in each band.
struct Weighting {
    float low_hz = 0.0F;
    float high_hz = 0.0F;
    std::array<Bell, bells> bell{};
    float tilt_db = 0.0F; // per octave
    bool operator==(const Weighting&) const = default;
};

/// Over how much a level is averaged, and how much it is compared with.
struct Widths {
    float width_octaves = 0.0F;
    float detail_octaves = 0.0F;
    bool operator==(const Widths&) const = default;
};

/// What a frame is played with.
struct Controls {
    float attenuation = 0.0F;
    Weighting weighting;
    float attack_ms = 0.0F;
    float release_ms = 0.0F;
    Widths widths;
    float threshold_db = 0.0F;
    float hardness = 0.0F;
    float max_cut_db = 0.0F;
    float link = 0.0F;
};

/// Finds them among a contract's, by their names.
class ControlReader {
public:
    /// Of a contract without obstacle. Control thread.
    explicit ControlReader(const Contract& contract);

    /// Which control is missing or unknown, as the end of a message; empty where none is.
    static std::string obstacle(const Contract& contract);

    /// Of values in the contract's order. Any thread; does not allocate.
    Controls read(std::span<const float> values) const noexcept;

private:
    std::vector<std::size_t> places_; // in the order of the list in controls.cpp
};

} // namespace tonecast::resonances
