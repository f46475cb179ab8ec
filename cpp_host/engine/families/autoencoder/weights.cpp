#include "engine/families/autoencoder/weights.h"

#include "engine/effect_file/onnx_graph.h"
#include "engine/error.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <string_view>

namespace tonecast::kernels {

namespace {

/// Looks initializers up by the names that models/families/autoencoder/graph.py gives them.
class Reader {
public:
    Reader(const EffectFile& file, std::vector<std::vector<float>>& values)
        : graph_(read_onnx_graph(file.bytes)), values_(values) {}

    const float* take(const std::string& name, const std::vector<std::int64_t>& shape) {
        const auto found = std::ranges::find(graph_.initializers, name, &OnnxGraph::Tensor::name);
        std::size_t count = 1;
        for (const std::int64_t size : shape)
            count *= static_cast<std::size_t>(size);
        if (found == graph_.initializers.end() || found->type != ElementType::float32 ||
            found->shape != shape || found->raw.size() != count * sizeof(float))
            throw Error("its graph has no weights \"" + name +
                        "\" of the shape that its contract's architecture has; export it anew");
        std::vector<float>& values = values_.emplace_back(count);
        std::memcpy(values.data(), found->raw.data(), found->raw.size());
        return values.data();
    }

private:
    OnnxGraph graph_;
    std::vector<std::vector<float>>& values_;
};

} // namespace

std::string obstacle(const Contract& contract) {
    const auto& architecture = contract.architecture;
    const std::map<std::string, int, std::less<>> known{{"filters", filters},
                                                        {"filter_taps", filter_taps},
                                                        {"pool", pool},
                                                        {"smoothing_taps", smoothing_taps}};
    if (!architecture || architecture->sizes != known ||
        contract.frame_size_samples != frame_samples)
        return "there are kernels for the papers' sizes alone, and it has others";
    if (!contract.controls.empty())
        return "there are kernels for effects without controls";
    return "";
}

GraphWeights::GraphWeights(const EffectFile& file) {
    Reader reader(file, values_);
    view_.filters = reader.take("filters", {filters, 1, 1, filter_taps});
    view_.filter_bias = reader.take("filter_bias", {filters});
    view_.smoothing = reader.take("smoothing", {filters, 1, 1, smoothing_taps});
    view_.smoothing_bias = reader.take("smoothing_bias", {filters});
    view_.local = reader.take("local", {filters, latent, latent});
    view_.local_bias = reader.take("local_bias", {filters, latent});
    view_.shared = reader.take("shared", {latent, latent});
    view_.shared_bias = reader.take("shared_bias", {latent});
    if (file.contract.architecture->name != "cafx")
        return;
    constexpr int widths[] = {wide, wide, narrow, narrow, wide};
    for (int i = 0; i < 4; ++i) {
        const std::string layer = std::to_string(i);
        view_.dense[i] = reader.take("waveshaping.weights." + layer, {widths[i + 1], widths[i]});
        view_.dense_bias[i] = reader.take("waveshaping.biases." + layer, {widths[i + 1], 1});
    }
    for (int i = 0; i < 3; ++i)
        view_.curve[i] =
            reader.take("waveshaping.curves.c" + std::to_string(i), {filters * curve_pieces});
}

} // namespace tonecast::kernels
