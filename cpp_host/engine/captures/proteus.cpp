#include "engine/captures/reading.h"
#include "engine/captures/recurrent_formats.h"
#include "engine/families/recurrent/config.h"

#include <cstddef>

namespace tonecast::captures {

using namespace recurrent;

namespace {

constexpr int prewarm_samples = 2048;

void append(const Fields& weights, const std::string& name, int rows, int columns,
            std::vector<float>& all) {
    const std::vector<float> values = numbers(weights.required(name), weights.shown(name));
    if (values.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns))
        weights.fail(weights.shown(name) + " must be [" + std::to_string(rows) + ", " +
                     std::to_string(columns) + "], as \"model_data\" says");
    all.insert(all.end(), values.begin(), values.end());
}

} // namespace

NetworkFile read_proteus(const Json& document) {
    const Fields fields(document, "");
    const Fields model(fields.required("model_data"), "\"model_data\"");
    const Fields weights(fields.required("state_dict"), "\"state_dict\"");
    const int cells = model.integer("hidden_size", 1, max_size);
    const int layers = model.has("num_layers") ? model.integer("num_layers", 1, 15) : 1;
    const Kind kind =
        model.has("unit_type")
            ? model.one_of<Kind>("unit_type", {{"LSTM", Kind::lstm}, {"GRU", Kind::gru}})
            : Kind::lstm;
    const int gates = (kind == Kind::lstm ? 4 : 3) * cells;
    int inputs = model.has("input_size") ? model.integer("input_size", 1, 3) : 1;

    NetworkFile file{"recurrent", {}, {}};
    Recurrent network{{}, true, 1.0F, 1.0F, prewarm_samples};
    if (model.has("skip"))
        network.skip = model.integer("skip", 0, 1) == 1;
    std::vector<float>& all = file.weights;
    for (int i = 0; i < layers; ++i) {
        const std::string layer = "_l" + std::to_string(i);
        append(weights, "rec.weight_ih" + layer, gates, inputs, all);
        append(weights, "rec.weight_hh" + layer, gates, cells, all);
        append(weights, "rec.bias_ih" + layer, gates, 1, all);
        append(weights, "rec.bias_hh" + layer, gates, 1, all);
        const int states = kind == Kind::lstm ? 2 : 1;
        all.resize(all.size() + static_cast<std::size_t>(states) * static_cast<std::size_t>(cells));
        network.layers.push_back({kind, inputs, cells});
        inputs = cells;
    }
    append(weights, "lin.weight", 1, cells, all);
    if (weights.has("lin.bias"))
        append(weights, "lin.bias", 1, 1, all);
    else
        all.push_back(0.0F);
    network.layers.push_back({Kind::dense, cells, 1});
    file.network = write(network);
    return file;
}

} // namespace tonecast::captures
