#include "engine/families/resonances/controls.h"

#include <algorithm>
#include <string_view>

namespace tonecast::resonances {

namespace {

struct BellNames {
    std::string_view at_hz;
    std::string_view height_db;
    std::string_view width_octaves;
};
constexpr std::array<BellNames, bells> bell_names{{
    {"sensitivity_1_hz", "sensitivity_1_db", "sensitivity_1_octaves"},
    {"sensitivity_2_hz", "sensitivity_2_db", "sensitivity_2_octaves"},
    {"sensitivity_3_hz", "sensitivity_3_db", "sensitivity_3_octaves"},
    {"sensitivity_4_hz", "sensitivity_4_db", "sensitivity_4_octaves"},
}};

/// Calls `use` with the name and the place of each.
template <typename Use>
void each(Controls& controls, Use use) {
    use("attenuation", controls.attenuation);
    use("low_hz", controls.weighting.low_hz);
    use("high_hz", controls.weighting.high_hz);
    use("attack_ms", controls.attack_ms);
    use("release_ms", controls.release_ms);
    use("width_octaves", controls.widths.width_octaves);
    use("detail_octaves", controls.widths.detail_octaves);
    use("threshold_db", controls.threshold_db);
    use("hardness", controls.hardness);
    use("max_cut_db", controls.max_cut_db);
    use("link", controls.link);
    use("sensitivity_tilt_db", controls.weighting.tilt_db);
    for (std::size_t i = 0; i < bells; ++i) {
        use(bell_names[i].at_hz, controls.weighting.bell[i].at_hz);
        use(bell_names[i].height_db, controls.weighting.bell[i].height_db);
        use(bell_names[i].width_octaves, controls.weighting.bell[i].width_octaves);
    }
}

} // namespace

ControlReader::ControlReader(const Contract& contract) {
    Controls any;
    each(any, [&](std::string_view name, float&) {
        const auto found = std::ranges::find(contract.controls, name, &Control::name);
        places_.push_back(static_cast<std::size_t>(found - contract.controls.begin()));
    });
}

std::string ControlReader::obstacle(const Contract& contract) {
    std::vector<std::string_view> known;
    Controls any;
    each(any, [&](std::string_view name, float&) { known.push_back(name); });
    for (const Control& control : contract.controls)
        if (!control.is_players && std::erase(known, control.name) == 0)
            return "its kernel knows no control \"" + control.name + "\"";
    if (!known.empty())
        return "its kernel needs a control \"" + std::string(known.front()) + "\"";
    return "";
}

Controls ControlReader::read(std::span<const float> values) const noexcept {
    Controls read;
    auto place = places_.begin();
    each(read, [&](std::string_view, float& value) { value = values[*place++]; });
    return read;
}

} // namespace tonecast::resonances
