#pragma once

#include "engine/error.h"

#include <cstdint>
#include <string>

namespace tonecast::wavenet {

inline constexpr int most_layers = 256;

/// What a network comes to, conditions included; fails as soon as it is too much.
class Extent {
public:
    void add_layer() { limit(++layers_, most_layers, "layers"); }

    void add(std::int64_t outs, std::int64_t ins, int taps, int dilation, int groups) {
        limit(weights_ += outs * (ins / groups) * taps + outs, most_weights, "weights");
        limit(samples_ += std::int64_t{taps - 1} * dilation, longest_field_samples,
              "samples of receptive field");
    }

private:
    static constexpr std::int64_t longest_field_samples = std::int64_t{1} << 21;
    static constexpr std::int64_t most_weights = std::int64_t{1} << 24;

    static void limit(std::int64_t found, std::int64_t most, const char* of_what) {
        if (found > most)
            throw Error("network: it has more than " + std::to_string(most) + " " + of_what);
    }

    std::int64_t layers_ = 0;
    std::int64_t weights_ = 0;
    std::int64_t samples_ = 1;
};

} // namespace tonecast::wavenet
