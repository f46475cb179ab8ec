#pragma once

#include "engine/effect_file/contract.h"
#include "tests/effect_file/onnx_builder.h"

#include <filesystem>
#include <fstream>
#include <juce_core/juce_core.h>
#include <string>
#include <vector>

namespace tonecast::plugin {

/// An effect file with these controls, gone when this is. What it plays is its input times each,
/// and times a side-chain if it has one. With `channels` it plays as many together.
class EffectOnDisk {
public:
    explicit EffectOnDisk(const std::vector<Control>& controls, bool has_sidechain = false,
                          int channels = 0) {
        using onnx::field;
        const int axis = channels > 0 ? channels : onnx::dynamic;
        std::string graph;
        std::string described;
        std::vector<std::string> factors;
        for (const Control& control : controls) {
            factors.push_back(control.name);
            described += (described.empty() ? "" : ", ") + json(control);
        }
        if (has_sidechain)
            factors.emplace_back("sidechain");
        std::string signal = "frame";
        for (const std::string& factor : factors) {
            const std::string out = &factor == &factors.back() ? "frame_out" : "x" + factor;
            graph +=
                field(1, field(1, signal) + field(1, factor) + field(2, out) + field(4, "Mul"));
            signal = out;
        }
        graph += field(2, "product") + field(11, onnx::value("frame", {axis, 32}));
        if (has_sidechain)
            graph += field(11, onnx::value("sidechain", {axis, 32}));
        for (const Control& control : controls)
            graph += field(11, onnx::value(control.name, {}));
        graph += field(12, onnx::value("frame_out", {axis, 32}));
        std::ofstream(path_, std::ios::binary)
            << onnx::model(graph, contract(described, has_sidechain, channels));
    }
    ~EffectOnDisk() { std::filesystem::remove(path_); }
    EffectOnDisk(const EffectOnDisk&) = delete;
    EffectOnDisk& operator=(const EffectOnDisk&) = delete;

    juce::File file() const { return juce::File(path_.string()); }

private:
    static std::string json(const Control& control) {
        const char* scale = control.scale == Scale::log      ? "log"
                            : control.scale == Scale::toggle ? "switch"
                                                             : "linear";
        return R"({"name": ")" + control.name + R"(", "label": ")" + control.label +
               R"(", "unit": ")" + control.unit + R"(", "scale": ")" + scale + R"(", "min": )" +
               std::to_string(control.minimum) + R"(, "max": )" + std::to_string(control.maximum) +
               R"(, "default": )" + std::to_string(control.default_value) +
               R"(, "automatic_by": null})";
    }

    static std::string contract(const std::string& controls, bool has_sidechain, int channels) {
        const std::string together =
            channels > 0 ? R"("channels": )" + std::to_string(channels) + "," : "";
        return (has_sidechain || channels > 0
                    ? R"({"version": 5, "form": "frame", "sidechain": )" +
                          std::string(has_sidechain ? "true," : "false,") + together
                    : R"({"version": 1,)") +
               R"("kind": "effect", "name": "product", "label": "Product",
            "description": "For tests.", "sample_rate_hz": 48000, "frame_size_samples": 32,
            "hop_size_samples": 32, "hop_sizes_samples": [32], "analysis_window": "none",
            "synthesis_window": "none", "controls": [)" +
               controls + R"(], "predictor": null, "provenance": {}, "parity": {}})";
    }

    static std::filesystem::path new_path() {
        return std::filesystem::temp_directory_path() /
               ("tonecast-" + juce::Uuid().toString().toStdString() + ".onnx");
    }

    std::filesystem::path path_ = new_path();
};

} // namespace tonecast::plugin
