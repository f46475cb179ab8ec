#pragma once

#include "engine/effect_file/contract.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tonecast {

/// What the controls of a causal effect do. Some names have a meaning beside the network; all
/// others are its conditions, in the contract's order: it hears each one's place in its range, 0 to
/// 1.
///
///   size              which of several networks plays
///   invert            turns the polarity of what comes out
///   normalize         brings the capture's loudness to that of others
///   calibrate_input   plays the device at the level that the interface measures
///   calibrate_output  gives out what the device does, in place of normalize
///   interface_dbu     the analog level of full scale at the user's interface
class CausalControls {
public:
    /// What captures are normalised to, as other players do.
    static constexpr float normal_loudness_db = -18.0F;

    explicit CausalControls(const Contract& contract);

    float size(std::span<const float> values) const noexcept;
    float input_gain(std::span<const float> values) const noexcept;
    float output_gain(std::span<const float> values) const noexcept; // negative: inverted

    /// Those that the network hears are the last ones.
    std::size_t first_condition() const noexcept { return first_condition_; }

private:
    float value(std::optional<std::size_t> index, std::span<const float> values) const noexcept {
        return index ? values[*index] : 0.0F;
    }

    CaptureLevels levels_;
    std::optional<std::size_t> size_;
    std::optional<std::size_t> invert_;
    std::optional<std::size_t> normalize_;
    std::optional<std::size_t> calibrate_input_;
    std::optional<std::size_t> calibrate_output_;
    std::optional<std::size_t> interface_dbu_;
    std::size_t first_condition_ = 0;
};

} // namespace tonecast
