#pragma once

#include "engine/effect_file/effect_file.h"
#include "tests/effect_file/onnx_builder.h"
#include "tests/families/autoencoder/random_network.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// A random network as an effect file. Its graph does something else: kernels look at the weights
/// alone.
namespace random_network {

inline std::string initializer(const std::string& name, std::initializer_list<int> shape,
                               const Values& values) {
    std::string tensor;
    for (const int size : shape)
        tensor += onnx::field(1, static_cast<std::uint64_t>(size));
    const auto* bytes = reinterpret_cast<const char*>(values.data());
    return onnx::field(5, tensor + onnx::field(2, 1) + onnx::field(8, std::string_view(name)) +
                              onnx::field(9, std::string_view(bytes, 4 * values.size())));
}

inline std::string initializers(const Network& n) {
    std::string all = initializer("filters", {filters, 1, 1, filter_taps}, n.analysis) +
                      initializer("filter_bias", {filters}, n.analysis_bias) +
                      initializer("smoothing", {filters, 1, 1, smoothing_taps}, n.smoothing) +
                      initializer("smoothing_bias", {filters}, n.smoothing_bias) +
                      initializer("local", {filters, latent, latent}, n.local) +
                      initializer("local_bias", {filters, latent}, n.local_bias) +
                      initializer("shared", {latent, latent}, n.shared) +
                      initializer("shared_bias", {latent}, n.shared_bias);
    constexpr int widths[] = {wide, wide, narrow, narrow, wide};
    for (int i = 0; n.is_cafx && i < 4; ++i)
        all += initializer("waveshaping.weights." + std::to_string(i), {widths[i + 1], widths[i]},
                           n.dense[i]) +
               initializer("waveshaping.biases." + std::to_string(i), {widths[i + 1], 1},
                           n.dense_bias[i]);
    for (int i = 0; n.is_cafx && i < 3; ++i)
        all += initializer("waveshaping.curves.c" + std::to_string(i), {filters * curve_pieces},
                           n.curves[i]);
    return all;
}

inline std::string contract(bool is_cafx) {
    return std::string(R"({"version": 1, "kind": "effect", "name": "random", "label": "Random",
        "description": "…", "sample_rate_hz": 48000, "frame_size_samples": 1024,
        "hop_size_samples": 256, "hop_sizes_samples": [64, 256], "analysis_window": "hann",
        "synthesis_window": "none", "controls": [], "provenance": {}, "parity": {},
        "architecture": {"name": ")") +
           (is_cafx ? "cafx" : "cae") +
           R"(", "sizes": {"filters": 128, "filter_taps": 64, "smoothing_taps": 128, "pool": 16}}})";
}

inline tonecast::EffectFile file(const Network& network, std::string_view contract_json) {
    const std::string graph =
        onnx::field(1, onnx::node("Relu", "frame", "frame_out")) + initializers(network) +
        onnx::field(11, onnx::value("frame", {onnx::dynamic, frame_samples})) +
        onnx::field(12, onnx::value("frame_out", {onnx::dynamic, frame_samples}));
    return tonecast::parse_effect_file(onnx::model(graph, contract_json), "random.onnx");
}

inline tonecast::EffectFile file(const Network& network) {
    return file(network, contract(network.is_cafx));
}

} // namespace random_network
