#pragma once

#include "engine/effect_file/effect_file.h"
#include "tests/effect_file/onnx_builder.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A resonance equalizer of twelve bands as an effect file. Its graph does something else: kernels
/// look at the tables alone.
namespace small_equalizer {

inline constexpr int bins = 65;
inline constexpr int slots = 128; // two rows of 64: even bins and odd ones, both of them twice

inline int slot_of(int bin) {
    return 64 * (bin % 2) + bin / 2;
}

/// What a file is made of, to be changed before it is.
struct Parts {
    std::string form = "filter";
    int frame_size_samples = bins; // as many as the curve has bins, so that the graph may be a node
    std::string network = R"({"bands": 12, "narrow_bands": 4, "bins_per_band": 8,
        "reach_bands": 6, "sharpening_taps": 3, "bands_per_octave": 3.0, "hop_ms": 1.3,
        "average_keep": 0.5, "floor_power": 1e-14, "gap_octaves": 0.5, "edge_octaves": 0.2,
        "strength": 1.1})";
    std::vector<std::string> controls{"attenuation", "low_hz",       "high_hz",
                                      "attack_ms",   "release_ms",   "width_octaves",
                                      "link",        "threshold_db", "detail_octaves",
                                      "hardness",    "max_cut_db",   "sensitivity_tilt_db"};
    std::vector<std::int64_t> lower_slot, upper_slot, covered_slots, lower_band, upper_band;
    std::vector<float> loudness_weight, upper_share, covered_share, band_share, noise_scatter_db,
        band_octave, pivot_octave, sharpening{-0.5F, 2.0F, -0.5F};

    Parts() {
        for (int bell = 1; bell <= 4; ++bell)
            for (const char* what : {"hz", "db", "octaves"})
                controls.push_back("sensitivity_" + std::to_string(bell) + "_" + what);
        for (int band = 0; band < 4; ++band) {
            lower_slot.push_back(slot_of(band));
            upper_slot.push_back(slot_of(band + 1));
            upper_share.push_back(0.2F * static_cast<float>(band));
        }
        for (int band = 0; band < 8; ++band)
            for (int i = 0; i < 8; ++i) {
                covered_slots.push_back(slot_of(5 + 7 * band + i));
                covered_share.push_back(0.125F);
            }
        for (int bin = 0; bin < bins; ++bin) {
            lower_band.push_back(bin / 6);
            upper_band.push_back(bin / 6 + 1);
            band_share.push_back(static_cast<float>(bin % 6) / 6.0F);
        }
        for (int band = 0; band < 12; ++band) {
            noise_scatter_db.push_back(0.5F);
            band_octave.push_back(7.0F + 0.6F * static_cast<float>(band));
            pivot_octave.push_back(band_octave.back() - 10.0F);
        }
        loudness_weight.assign(slots, 0.01F);
    }
};

inline std::string table(std::string_view name, std::initializer_list<std::size_t> shape,
                         const std::vector<float>& values) {
    std::string tensor;
    for (const std::size_t size : shape)
        tensor += onnx::field(1, static_cast<std::uint64_t>(size));
    const auto* bytes = reinterpret_cast<const char*>(values.data());
    return onnx::field(5, tensor + onnx::field(2, 1) + onnx::field(8, name) +
                              onnx::field(9, std::string_view(bytes, 4 * values.size())));
}

inline std::string indices(std::string_view name, const std::vector<std::int64_t>& values) {
    const auto* bytes = reinterpret_cast<const char*>(values.data());
    return onnx::field(5, onnx::field(1, static_cast<std::uint64_t>(values.size())) +
                              onnx::field(2, 7) + onnx::field(8, name) +
                              onnx::field(9, std::string_view(bytes, 8 * values.size())));
}

inline std::string contract(const Parts& parts) {
    std::string controls;
    for (const std::string& name : parts.controls) {
        const bool is_share = name == "attenuation" || name == "hardness" || name == "link";
        const bool is_level = name.ends_with("_db") || is_share || name == "detail_octaves";
        const bool is_full = name == "attenuation" || name == "link" || !is_level;
        controls += (controls.empty() ? R"({"name": ")" : R"(, {"name": ")") + name +
                    R"(", "label": "…", "unit": "", "scale": "linear", "min": )" +
                    (is_level ? "0" : "0.1") + R"(, "max": )" + (is_share ? "1" : "20000") +
                    R"(, "default": )" +
                    (name == "high_hz" || name == "max_cut_db" ? "20000"
                     : is_full                                 ? "1"
                                                               : "0") +
                    R"(, "automatic_by": null})";
    }
    return R"({"version": 4, "kind": "effect", "name": "rings", "label": "Rings",
        "description": "…", "sample_rate_hz": 48000, "form": ")" +
           parts.form + R"(", "frame_size_samples": )" + std::to_string(parts.frame_size_samples) +
           R"(, "hop_size_samples": 64, "hop_sizes_samples": [64], "analysis_window": "hann",
        "synthesis_window": "none", "transform_size_samples": 128, "filter_taps_samples": 64,
        "max_gain_db": 0, "provenance": {}, "parity": {}, "controls": [)" +
           controls + R"(], "architecture": {"name": "resonances", ")" +
           (parts.form == "frame" ? R"(sizes": {}})" : R"(network": )" + parts.network + "}") + "}";
}

inline tonecast::EffectFile file(const Parts& parts = {}) {
    const std::string out = parts.form == "filter" ? "gain_db" : "frame_out";
    const auto bands = parts.noise_scatter_db.size();
    std::string graph =
        onnx::field(1, onnx::node("Relu", "frame", out.c_str())) +
        table("loudness_weight", {1, parts.loudness_weight.size()}, parts.loudness_weight) +
        indices("bands.lower_slot", parts.lower_slot) +
        indices("bands.upper_slot", parts.upper_slot) +
        table("bands.upper_share", {parts.upper_share.size()}, parts.upper_share) +
        indices("bands.covered_slots", parts.covered_slots) +
        table("bands.covered_share", {8, parts.covered_share.size() / 8}, parts.covered_share) +
        indices("bands.lower_band", parts.lower_band) +
        indices("bands.upper_band", parts.upper_band) +
        table("bands.band_share", {parts.band_share.size()}, parts.band_share) +
        table("noise_scatter_db", {1, bands}, parts.noise_scatter_db) +
        table("band_octave", {1, bands}, parts.band_octave) +
        table("sensitivity.band_octave", {1, bands}, parts.pivot_octave) +
        table("sharpening", {1, 1, parts.sharpening.size()}, parts.sharpening) +
        onnx::field(11, onnx::value("frame", {onnx::dynamic, parts.frame_size_samples}));
    for (const std::string& name : parts.controls)
        graph += onnx::field(11, onnx::value(name, {}));
    graph += onnx::field(12, onnx::value(out, {onnx::dynamic, parts.frame_size_samples}));
    return tonecast::parse_effect_file(onnx::model(graph, contract(parts)), "rings.onnx");
}

} // namespace small_equalizer
