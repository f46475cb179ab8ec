// What a fuzzer calls: the reader of effect files, and the engine with the contract that was read,
// or with the kernel of a filter effect, which reads tables and indices. With Clang libFuzzer
// brings main() and looks for inputs that reach new code; with any compiler replay.cpp brings one
// that plays files and their mutations.

#include "engine/effect_file/effect_file.h"
#include "engine/engine.h"
#include "engine/error.h"
#include "engine/families/load_model.h"
#include "engine/families/registry.h"
#include "engine/inference/identity.h"
#include "tests/fuzz/mutate_message.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

constexpr int longest_frame_samples = 4096; // what is longer takes the fuzzer's time
constexpr int block_samples = 480;

/// Without the graph, unless a kernel plays it.
std::shared_ptr<const tonecast::Model> model_of(tonecast::EffectFile file) {
    if (file.contract.form == tonecast::Form::filter &&
        tonecast::kernel_obstacle(file.contract).empty())
        return tonecast::load_model(std::move(file));
    return std::make_shared<tonecast::IdentityModel>(std::move(file.contract));
}

/// The signal path as the contract wants it.
void play(tonecast::EffectFile file) {
    const tonecast::Contract contract = file.contract;
    const int rates_hz[] = {44100, 48000, 96000, contract.sample_rate_hz};
    const int rate_hz = rates_hz[contract.name.size() % std::size(rates_hz)];
    const int hop =
        contract.hop_sizes_samples[contract.label.size() % contract.hop_sizes_samples.size()];
    tonecast::Engine engine(model_of(std::move(file)));
    engine.prepare({.sample_rate_hz = rate_hz, .channels = 2, .hop_size_samples = hop});
    std::vector<float> sound(block_samples, 0.5F);
    float* const channels[] = {sound.data(), sound.data()};
    for (int block = 0; block < 4; ++block)
        engine.process(channels, channels, block_samples);
    engine.reset();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        auto file = tonecast::parse_effect_file(
            std::string(reinterpret_cast<const char*>(data), size), "fuzzed.onnx");
        if (file.contract.kind == tonecast::Kind::effect &&
            file.contract.frame_size_samples <= longest_frame_samples)
            play(std::move(file));
    } catch (const tonecast::Error&) {
        return 0;
    }
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
    std::mt19937 random(seed);
    if (random() % 16 == 0) // bytes, without knowing what they mean
        return LLVMFuzzerMutate(data, size, max);
    std::string bytes(reinterpret_cast<const char*>(data), size);
    for (auto times = 1 + random() % 3; times > 0; --times)
        bytes = fuzz::mutate_message(bytes, random);
    bytes.resize(std::min(bytes.size(), max));
    std::copy(bytes.begin(), bytes.end(), data);
    return bytes.size();
}
