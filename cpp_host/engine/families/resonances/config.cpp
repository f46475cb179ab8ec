#include "engine/families/resonances/config.h"

#include "engine/effect_file/json_fields.h"

namespace tonecast::resonances {

namespace {

// Together they bound what a frame of one channel takes, to about 0.3 ms.
constexpr int max_bands = 1024;
constexpr int max_bins_per_band = 64;
constexpr int max_sharpening_taps = 65;

} // namespace

Config read_config(const Json& network) {
    const JsonFields fields(network, "", "resonances network");
    const auto number = [&](const char* name, double lowest, double highest) {
        return static_cast<float>(fields.number(name, lowest, highest));
    };
    Config read;
    read.bands = fields.integer("bands", 2, max_bands);
    read.narrow_bands = fields.integer("narrow_bands", 1, read.bands - 1);
    read.bins_per_band = fields.integer("bins_per_band", 1, max_bins_per_band);
    read.reach_bands = fields.integer("reach_bands", 1, max_bands);
    read.sharpening_taps = fields.integer("sharpening_taps", 1, max_sharpening_taps);
    if (read.sharpening_taps % 2 == 0)
        fields.fail(fields.shown("sharpening_taps") + " must be odd");
    read.bands_per_octave = number("bands_per_octave", 1.0, 1000.0);
    read.hop_ms = number("hop_ms", 0.0, 10'000.0);
    read.average_keep = number("average_keep", 0.0, 1.0);
    read.floor_power = number("floor_power", 0.0, 1.0);
    read.gap_octaves = number("gap_octaves", 0.0, 100.0);
    read.edge_octaves = number("edge_octaves", 0.0, 100.0);
    read.strength = number("strength", 0.0, 100.0);
    return read;
}

} // namespace tonecast::resonances
