#include "engine/captures/capture.h"

#include "engine/captures/card.h"
#include "engine/captures/nam.h"
#include "engine/captures/probe.h"
#include "engine/captures/recurrent_formats.h"
#include "engine/effect_file/read_whole.h"
#include "engine/error.h"
#include "engine/families/causal_model.h"
#include "engine/families/load_network.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace tonecast {

namespace {

using captures::Card;
using captures::SizedFile;

// Larger ones than any trainer writes; they bound what reading a hostile file takes.
constexpr std::size_t max_text_mib = 64;
constexpr int max_values = 4'000'000;
constexpr int proteus_rate_hz = 44100;

constexpr std::array<std::string_view, 3> suffixes{".nam", ".json", ".aidax"};

std::vector<SizedFile> one_size(captures::NetworkFile network) {
    std::vector<SizedFile> sizes;
    sizes.push_back({1.0F, std::move(network)});
    return sizes;
}

/// What the document holds; fills in what the card says of it.
std::vector<SizedFile> read_sizes(const Json& document, Card& card) {
    if (document.find("architecture") != nullptr) {
        captures::NamFile file = captures::read_nam(document);
        card.sample_rate_hz = file.sample_rate_hz.value_or(card.sample_rate_hz);
        card.metadata = file.metadata;
        return std::move(file.sizes);
    }
    if (document.find("layers") != nullptr) {
        captures::KerasFile file = captures::read_keras(document);
        card.sample_rate_hz = file.sample_rate_hz;
        return one_size(std::move(file.network));
    }
    if (document.find("model_data") != nullptr) {
        card.sample_rate_hz = proteus_rate_hz;
        return one_size(captures::read_proteus(document));
    }
    throw Error("it is JSON, but no capture; .nam, RTNeural, AIDA-X and Proteus can be read");
}

std::shared_ptr<const Network> make_network(const captures::NetworkFile& file,
                                            const KernelSettings& settings) {
    FlatWeights weights(file.weights);
    auto network = load_network(file.architecture, Json::parse(file.network), weights, settings);
    weights.none_left();
    return network;
}

Capture parse(const std::filesystem::path& path) {
    const std::string text = read_whole(path, max_text_mib);
    const Json document = Json::parse(text, {max_text_mib, max_values});
    Card card(path.stem().string());
    Capture capture;
    capture.sizes = read_sizes(document, card);
    card.sizes = static_cast<int>(capture.sizes.size());
    const auto network = make_network(capture.sizes.back().network, {});
    card.conditions = network->conditions();
    card.click = captures::probe(*network);
    capture.contract_json = card.contract();
    capture.contract = parse_contract(capture.contract_json);
    return capture;
}

template <typename Do>
auto named(const std::string& name, Do work) {
    try {
        return work();
    } catch (const Error& error) {
        throw Error(name + ": " + error.what());
    }
}

} // namespace

bool is_capture(const std::filesystem::path& path) {
    std::string suffix = path.extension().string();
    std::ranges::transform(suffix, suffix.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::ranges::find(suffixes, suffix) != suffixes.end();
}

Capture read_capture(const std::filesystem::path& path) {
    return named(path.string(), [&] {
        Capture capture = parse(path);
        capture.name = path.string();
        return capture;
    });
}

std::shared_ptr<const Model> load_capture(const Capture& capture, const LoadSettings& settings) {
    return named(capture.name, [&] {
        if (settings.backend == Backend::onnxruntime || settings.device == Device::cuda)
            throw Error("ONNX Runtime cannot play it as it is; make an effect file of it first "
                        "(tonecast import)");
        std::vector<SizedNetwork> sizes;
        for (const SizedFile& size : capture.sizes)
            sizes.push_back({size.below, make_network(size.network, kernel_settings(settings))});
        return std::make_shared<CausalModel>(capture.contract, std::move(sizes),
                                             kernel_settings(settings));
    });
}

std::shared_ptr<const Model> open_model(const std::filesystem::path& path,
                                        const LoadSettings& settings) {
    if (is_capture(path))
        return load_capture(read_capture(path), settings);
    return load_model(read_effect_file(path), settings);
}

} // namespace tonecast
