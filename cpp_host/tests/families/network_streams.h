#pragma once

#include "engine/families/network.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

/// Ways of playing the stream of a causal network.
namespace network_streams {

inline std::vector<float> noise(int samples, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::vector<float> made;
    for (int i = 0; i < samples; ++i) // uniform distributions differ between libraries
        made.push_back(static_cast<float>(random()) / 4294967296.0F - 0.5F);
    return made;
}

/// All channels, in blocks of a size.
inline std::vector<std::vector<float>> play_all(tonecast::NetworkStream& stream,
                                                const std::vector<std::vector<float>>& in,
                                                int block, std::span<const float> conditions = {}) {
    std::vector<std::vector<float>> out = in;
    std::vector<const float*> ins(in.size());
    std::vector<float*> outs(in.size());
    const int samples = static_cast<int>(in.front().size());
    for (int at = 0; at < samples; at += block) {
        for (std::size_t c = 0; c < in.size(); ++c) {
            ins[c] = in[c].data() + at;
            outs[c] = out[c].data() + at;
        }
        stream.process(ins.data(), conditions, outs.data(), std::min(block, samples - at));
    }
    return out;
}

inline std::vector<float> play(tonecast::NetworkStream& stream, const std::vector<float>& in,
                               int block, std::span<const float> conditions = {}) {
    return play_all(stream, {in}, block, conditions).front();
}

} // namespace network_streams
