#pragma once

#include "engine/signal/audio_buffer.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>

/// Streams through single stages, cut into blocks.
namespace stage_streams {

using tonecast::AudioBuffer;

constexpr int rate_hz = 48000;
constexpr int max_block = 512;

inline AudioBuffer noise(int channels, int samples, float gain, unsigned seed = 1) {
    std::mt19937 random(seed);
    AudioBuffer made;
    made.resize(channels, samples);
    for (int c = 0; c < channels; ++c)
        for (int i = 0; i < samples; ++i)
            made.channel(c)[i] = gain * (static_cast<float>(random()) / 2147483648.0F - 1.0F);
    return made;
}

inline bool same_bits(const AudioBuffer& a, const AudioBuffer& b) {
    if (a.channels() != b.channels() || a.samples() != b.samples())
        return false;
    for (int c = 0; c < a.channels(); ++c)
        if (!std::equal(a.channel(c), a.channel(c) + a.samples(), b.channel(c)))
            return false;
    return true;
}

/// What is turned, and before which sample.
using Turns = std::map<int, std::function<void()>>;

/// Plays in blocks of `block` samples, 0 for varying ones, cut where something is turned.
inline AudioBuffer played(const AudioBuffer& in, int block,
                          const std::function<void(AudioBuffer&, int)>& process,
                          const Turns& turns = {}) {
    std::mt19937 random(3);
    AudioBuffer out = in;
    AudioBuffer samples;
    samples.resize(in.channels(), max_block);
    for (int at = 0; at < in.samples();) {
        if (const auto turn = turns.find(at); turn != turns.end())
            turn->second();
        const auto next = turns.upper_bound(at);
        const int end = next != turns.end() ? next->first : in.samples();
        const int wanted = block > 0 ? block : 1 + static_cast<int>(random() % max_block);
        const int n = std::min(wanted, end - at);
        for (int c = 0; c < in.channels(); ++c)
            std::copy_n(in.channel(c) + at, n, samples.channel(c));
        process(samples, n);
        for (int c = 0; c < in.channels(); ++c)
            std::copy_n(samples.channel(c), n, out.channel(c) + at);
        at += n;
    }
    return out;
}

} // namespace stage_streams
