#include "engine/captures/nam.h"

#include "engine/captures/nam_networks.h"
#include "engine/captures/nam_wavenet.h"
#include "engine/captures/reading.h"
#include "engine/effect_file/utf8.h"
#include "engine/families/wavenet/load.h"
#include "engine/families/wavenet/slim.h"
#include "engine/families/weight_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace tonecast::captures {

namespace {

constexpr int usual_rate_hz = 48000; // of files from before the field: trainers used no other
constexpr double lstm_prewarm_s = 0.5;

std::optional<int> sample_rate(const Fields& fields) {
    if (!fields.has("sample_rate"))
        return std::nullopt;
    return fields.integer("sample_rate", 8000, 384000);
}

std::vector<float> read_weights(const Fields& fields) {
    fields.array("weights");
    return numbers(fields.required("weights"), "\"weights\"");
}

/// Hands weights out as another source does, and keeps them in the order in which they were taken.
class RecordedWeights : public WeightSource {
public:
    explicit RecordedWeights(WeightSource& weights) : weights_(weights) {}

    std::vector<float> take(const std::string& name,
                            std::initializer_list<std::size_t> shape) override {
        std::vector<float> taken = weights_.take(name, shape);
        all.insert(all.end(), taken.begin(), taken.end());
        return taken;
    }

    std::vector<float> all;

private:
    WeightSource& weights_;
};

/// A slimmable WaveNet at one of its sizes.
NetworkFile slimmed(const NamWaveNet& read, const std::vector<float>& weights, float size) {
    const wavenet::WaveNet smaller = slim(read.network, size, read.allowed_channels);
    FlatWeights all(weights);
    wavenet::SlimmedWeights first(all, read.network);
    RecordedWeights recorded(first);
    wavenet::load(smaller, recorded, {});
    all.none_left();
    return {"wavenet", write(smaller), std::move(recorded.all)};
}

/// One for each count of channels that the most flexible array allows.
std::vector<SizedFile> sizes_of(const NamWaveNet& read, const std::vector<float>& weights) {
    std::size_t count = 1;
    for (const std::vector<int>& allowed : read.allowed_channels)
        count = std::max(count, allowed.size());
    std::vector<SizedFile> sizes;
    for (std::size_t i = 0; i < count; ++i) {
        const float below = static_cast<float>(i + 1) / static_cast<float>(count);
        const float inside = (static_cast<float>(i) + 0.5F) / static_cast<float>(count);
        sizes.push_back({below, count == 1 ? NetworkFile{"wavenet", write(read.network), weights}
                                           : slimmed(read, weights, inside)});
    }
    return sizes;
}

/// A WaveNet in all its sizes: one, or those that a slimmable one allows.
std::vector<SizedFile> read_wavenets(const Fields& fields) {
    std::vector<float> weights; // of the condition, if there is one, first
    const NamWaveNet read = read_nam_wavenet(fields.required("config"), weights);
    const std::vector<float> own = read_weights(fields);
    weights.insert(weights.end(), own.begin(), own.end());
    return sizes_of(read, weights);
}

std::vector<SizedFile> read_model(const Json& model) {
    const Fields fields(model, "");
    check_nam_version(fields);
    const std::string& architecture = fields.text("architecture");
    if (architecture == "WaveNet")
        return read_wavenets(fields);
    const Json& config = fields.required("config");
    const auto one = [](NetworkFile network) {
        return std::vector{SizedFile{1.0F, std::move(network)}};
    };
    if (architecture == "LSTM")
        return one(read_nam_lstm(
            config, read_weights(fields),
            static_cast<int>(lstm_prewarm_s * sample_rate(fields).value_or(usual_rate_hz))));
    if (architecture == "ConvNet")
        return one(read_nam_convnet(config, read_weights(fields)));
    if (architecture == "Linear")
        return one(read_nam_linear(config, read_weights(fields)));
    fields.fail("the architecture \"" + printable(architecture) +
                "\" is not known; there is WaveNet, LSTM, ConvNet, Linear and SlimmableContainer");
}

/// Several models of one device, the largest last.
std::vector<SizedFile> read_container(const Fields& fields) {
    const Fields config(fields.required("config"), "\"config\"");
    const Json::Array& models = config.array("submodels");
    if (models.empty() || models.size() > 64)
        fields.fail("\"submodels\" must be 1 to 64");
    std::vector<SizedFile> sizes;
    for (const Json& entry : models) {
        const Fields inside(entry, "submodel " + std::to_string(sizes.size() + 1));
        const auto below = static_cast<float>(inside.number("max_value", 0.0, 1000.0));
        if (!sizes.empty() && !(below > sizes.back().below))
            fields.fail(inside.shown("max_value") + " must be larger than that before it");
        const Json& model = inside.required("model");
        const Fields submodel(model, inside.shown("model"));
        if (submodel.has("sample_rate") && sample_rate(submodel) != sample_rate(fields))
            fields.fail(submodel.shown("sample_rate") + " must be that of the container");
        sizes.push_back({below, read_nam_network(model)});
    }
    if (sizes.back().below < 1.0F)
        fields.fail("the last \"max_value\" must be at least 1");
    return sizes;
}

} // namespace

void check_nam_version(const Fields& model) {
    const std::string& text = model.text("version");
    std::array<int, 3> parts{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool is_number = at != end && *at >= '0' && *at <= '9';
        const auto [next, error] = std::from_chars(at, end, parts[i]);
        const bool is_last = i + 1 == parts.size();
        if (!is_number || error != std::errc() ||
            (is_last ? next != end : next == end || *next != '.'))
            model.fail("\"version\" is \"" + printable(text) +
                       "\", not three numbers such as 0.5.4");
        at = next + (is_last ? 0 : 1);
    }
    const auto [major, minor, patch] = parts;
    if (major > 0 || minor > 7)
        model.fail("it is of version " + text + ", this tonecast reads up to 0.7: update tonecast");
    if (minor < 5)
        model.fail("it is of version " + text +
                   ", which is older than what can be read (0.5.0): export it again");
}

NamFile read_nam(const Json& document) {
    const Fields fields(document, "");
    NamFile file;
    check_nam_version(fields);
    file.sample_rate_hz = sample_rate(fields);
    file.metadata = fields.has("metadata") ? fields.optional("metadata") : nullptr;
    file.sizes = fields.text("architecture") == "SlimmableContainer" ? read_container(fields)
                                                                     : read_model(document);
    return file;
}

NetworkFile read_nam_network(const Json& model) {
    // A slimmable one within another plays at its full size.
    return std::move(read_model(model).back().network);
}

} // namespace tonecast::captures
