#include "engine/signal/silence_gate.h"
#include "tests/check.h"

#include <cmath>
#include <vector>

using tonecast::AudioBuffer;
using tonecast::SilenceGate;

namespace {

constexpr int rate_hz = 48000;
constexpr int latency_samples = 1000;

/// What a gate makes of a steady 1, for an input, in blocks of any length.
std::vector<float> gains(SilenceGate& gate, const std::vector<float>& input, int block) {
    std::vector<float> out;
    for (std::size_t at = 0; at < input.size(); at += static_cast<std::size_t>(block)) {
        const int n = std::min(block, static_cast<int>(input.size() - at));
        AudioBuffer heard;
        AudioBuffer late;
        heard.resize(1, n);
        late.resize(1, n);
        for (int i = 0; i < n; ++i) {
            heard.channel(0)[i] = input[at + static_cast<std::size_t>(i)];
            late.channel(0)[i] = 1.0F;
        }
        gate.process(heard, late, n);
        out.insert(out.end(), late.channel(0), late.channel(0) + n);
    }
    return out;
}

/// Silence, sound from `begin` on, and silence from `end` on.
std::vector<float> sound(std::size_t begin, std::size_t end, std::size_t samples) {
    std::vector<float> input(samples, 0.0F);
    for (std::size_t i = begin; i < end; ++i)
        input[i] = 1e-6F;
    return input;
}

} // namespace

TEST(what_is_as_late_as_the_sound_passes_whole_and_silence_is_silent_after_100_ms) {
    SilenceGate gate;
    gate.prepare(rate_hz, 1, latency_samples, 0.0);
    const std::size_t begin = 5000;
    const std::size_t end = 9000;
    const auto gain = gains(gate, sound(begin, end, 30000), 512);
    CHECK(gain.front() == 0.0F && gain[begin - 1] == 0.0F);
    for (std::size_t i = begin + latency_samples; i < end + latency_samples; ++i)
        CHECK(gain[i] == 1.0F);
    for (std::size_t i = end + latency_samples + rate_hz / 10; i < gain.size(); ++i)
        CHECK(gain[i] == 0.0F);
    for (std::size_t i = 1; i < gain.size(); ++i)
        CHECK(std::fabs(gain[i] - gain[i - 1]) < 0.005F); // no click
}

TEST(a_gate_cuts_the_stream_anywhere) {
    const auto input = sound(700, 5000, 20000);
    SilenceGate one;
    SilenceGate other;
    one.prepare(rate_hz, 1, latency_samples, 0.0);
    other.prepare(rate_hz, 1, latency_samples, 0.0);
    CHECK(gains(one, input, 20000) == gains(other, input, 37));
    one.reset();
    other.prepare(rate_hz, 1, latency_samples, 0.0);
    CHECK(gains(one, input, 512) == gains(other, input, 512));
}

TEST(tails_sound_on_and_what_sounds_by_itself_is_never_gated) {
    SilenceGate gate;
    gate.prepare(rate_hz, 1, latency_samples, 0.5);
    const auto gain = gains(gate, sound(0, 100, 48000), 512);
    CHECK(gain[100 + latency_samples + rate_hz / 2] == 1.0F);
    CHECK(gain[100 + latency_samples + rate_hz / 2 + rate_hz / 10] == 0.0F);
    gate.prepare_open();
    CHECK(gains(gate, sound(0, 0, 20000), 512) == std::vector<float>(20000, 1.0F));
}

TEST(channels_are_gated_apart) {
    SilenceGate gate;
    gate.prepare(rate_hz, 2, 0, 0.0);
    AudioBuffer heard;
    AudioBuffer late;
    heard.resize(2, 10);
    late.resize(2, 10);
    heard.channel(0)[0] = 0.5F;
    for (int i = 0; i < 10; ++i)
        late.channel(0)[i] = late.channel(1)[i] = 1.0F;
    gate.process(heard, late, 10);
    CHECK(late.channel(0)[9] == 1.0F);
    CHECK(late.channel(1)[9] == 0.0F);
}
