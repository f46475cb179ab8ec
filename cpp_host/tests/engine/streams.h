#pragma once

#include "engine/engine.h"
#include "engine/inference/identity.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

/// Signals and ways of playing them that several tests share.
namespace streams {

using Signal = std::vector<std::vector<float>>; // channel after channel

inline tonecast::Contract contract(int sample_rate_hz = 48000) {
    tonecast::Contract made;
    made.name = "identity";
    made.sample_rate_hz = sample_rate_hz;
    made.frame_size_samples = 3072;
    made.hop_size_samples = 1024;
    made.hop_sizes_samples = {512, 768, 1024};
    made.analysis_window = tonecast::Window::hann;
    made.synthesis_window = tonecast::Window::hann;
    return made;
}

inline std::unique_ptr<tonecast::Engine> identity_engine(const tonecast::PlaySettings& settings,
                                                         int model_rate_hz = 48000) {
    auto model = std::make_shared<tonecast::IdentityModel>(contract(model_rate_hz));
    auto engine = std::make_unique<tonecast::Engine>(std::move(model));
    engine->prepare(settings);
    return engine;
}

inline Signal noise(int channels, int samples, unsigned seed = 1) {
    std::mt19937 random(seed);
    Signal signal(static_cast<std::size_t>(channels));
    for (auto& channel : signal)
        for (int i = 0; i < samples; ++i) // uniform distributions differ between libraries
            channel.push_back(static_cast<float>(random()) / 4294967296.0F - 0.5F);
    return signal;
}

/// Plays the whole signal in blocks whose sizes `next_block` gives; an empty `sidechain` is none.
inline Signal play(tonecast::Engine& engine, const Signal& in, const Signal& sidechain,
                   const std::function<int()>& next_block) {
    Signal out = in;
    const int samples = static_cast<int>(in.front().size());
    std::vector<const float*> ins(in.size());
    std::vector<const float*> sides(sidechain.size());
    std::vector<float*> outs(in.size());
    for (int at = 0; at < samples;) {
        const int n = std::min(next_block(), samples - at);
        for (std::size_t c = 0; c < in.size(); ++c) {
            ins[c] = in[c].data() + at;
            outs[c] = out[c].data() + at;
        }
        for (std::size_t c = 0; c < sides.size(); ++c)
            sides[c] = sidechain[c].data() + at;
        engine.process(ins.data(), outs.data(), n, sides.empty() ? nullptr : sides.data());
        at += n;
    }
    return out;
}

inline Signal play(tonecast::Engine& engine, const Signal& in,
                   const std::function<int()>& next_block) {
    return play(engine, in, {}, next_block);
}

inline Signal play(tonecast::Engine& engine, const Signal& in, const Signal& sidechain = {}) {
    return play(engine, in, sidechain, [&] { return static_cast<int>(in.front().size()); });
}

inline Signal delayed(const Signal& in, int samples) {
    Signal out = in;
    for (auto& channel : out) {
        channel.insert(channel.begin(), static_cast<std::size_t>(samples), 0.0F);
        channel.resize(in.front().size());
    }
    return out;
}

inline float largest_difference(const Signal& a, const Signal& b) {
    float largest = 0.0F;
    for (std::size_t c = 0; c < a.size(); ++c)
        for (std::size_t i = 0; i < a[c].size(); ++i)
            largest = std::max(largest, std::fabs(a[c][i] - b[c][i]));
    return largest;
}

} // namespace streams
