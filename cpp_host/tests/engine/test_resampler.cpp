#include "engine/signal/rate_ratio.h"
#include "engine/signal/resampler.h"
#include "tests/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using tonecast::AudioBuffer;
using tonecast::Resampler;

namespace {

std::vector<float> resample(const std::vector<float>& in, int input_rate_hz, int output_rate_hz) {
    const int n = static_cast<int>(in.size());
    Resampler resampler;
    resampler.prepare(input_rate_hz, output_rate_hz, 1, n);
    AudioBuffer input;
    input.resize(1, n);
    std::copy(in.begin(), in.end(), input.channel(0));
    AudioBuffer output;
    output.resize(1, resampler.max_output_samples(n));
    const int written = resampler.process(input, n, output);
    return {output.channel(0), output.channel(0) + written};
}

std::vector<float> tone(double frequency_hz, int rate_hz, int samples) {
    std::vector<float> signal(static_cast<std::size_t>(samples));
    for (int i = 0; i < samples; ++i)
        signal[static_cast<std::size_t>(i)] =
            static_cast<float>(std::sin(2.0 * M_PI * frequency_hz * i / rate_hz));
    return signal;
}

/// Largest distance to the ideal tone (or to silence), away from the ends.
float error(const std::vector<float>& out, const std::vector<float>& ideal) {
    float largest = 0.0F;
    for (std::size_t i = 1000; i < std::min(out.size(), ideal.size()); ++i)
        largest = std::max(largest, std::fabs(out[i] - ideal[i]));
    return largest;
}

} // namespace

TEST(tones_in_the_pass_band_keep_their_level_and_their_instant) {
    for (const auto& [from, to] : std::vector<std::array<int, 2>>{{44100, 48000},
                                                                  {48000, 44100},
                                                                  {96000, 48000},
                                                                  {192000, 48000},
                                                                  {16000, 48000},
                                                                  {22050, 44100},
                                                                  {48000, 16000},
                                                                  {88200, 44100},
                                                                  {44101, 48000},
                                                                  {48000, 47981},
                                                                  {192007, 44100},
                                                                  {8009, 48000}}) {
        for (const double fraction : {0.01, 0.3, 0.7, 0.9}) {
            const double frequency_hz = fraction * std::min(from, to) / 2.0;
            const auto out = resample(tone(frequency_hz, from, 40000), from, to);
            const auto ideal = tone(frequency_hz, to, static_cast<int>(out.size()));
            CHECK(error(out, ideal) < 2e-5F);
        }
    }
}

TEST(aliasing_frequencies_are_removed) {
    for (const auto& [from, to] : std::vector<std::array<int, 2>>{
             {96000, 48000}, {48000, 44100}, {192000, 44100}, {44100, 16000}}) {
        for (const double fraction : {1.001, 1.05, 1.08}) {
            const auto out = resample(tone(fraction * to / 2.0, from, 40000), from, to);
            CHECK(error(out, std::vector<float>(out.size())) < 2e-6F); // −114 dB
        }
    }
}

TEST(a_constant_stays_constant) {
    for (const int to : {48000, 44101}) {
        const auto out = resample(std::vector<float>(20000, 0.25F), 44100, to);
        CHECK(error(out, std::vector<float>(out.size(), 0.25F)) < 1e-7F);
    }
}

TEST(a_ratio_of_primes_neither_drifts_nor_depends_on_how_the_input_is_cut) {
    constexpr int from = 47981;
    constexpr int to = 44101;
    constexpr int n = 60 * from;
    const auto in = tone(997.0, from, n);
    const auto whole = resample(in, from, to);
    CHECK(std::abs(static_cast<int>(whole.size()) - 60 * to) < 200); // but the look-ahead
    CHECK(error(whole, tone(997.0, to, 60 * to)) < 2e-5F);           // to the last second

    Resampler resampler;
    resampler.prepare(from, to, 1, 512);
    AudioBuffer input;
    input.resize(1, 512);
    AudioBuffer output;
    output.resize(1, resampler.max_output_samples(512));
    std::size_t same = 0;
    for (int at = 0, block = 1; at < n; at += block, block = 1 + block * 7 % 512) {
        block = std::min(block, n - at);
        std::copy_n(in.begin() + at, block, input.channel(0));
        const int written = resampler.process(input, block, output);
        CHECK(written <= resampler.max_output_samples(block));
        for (int i = 0; i < written; ++i, ++same)
            CHECK(output.channel(0)[i] == whole[same]);
    }
    CHECK(same == whole.size());
}

TEST(the_simplest_ratio_is_chosen) {
    const std::array rates_hz{44100, 48000};
    for (const auto& [host, expected] : std::vector<std::array<int, 2>>{{44100, 44100},
                                                                        {48000, 48000},
                                                                        {88200, 44100},
                                                                        {96000, 48000},
                                                                        {176400, 44100},
                                                                        {192000, 48000},
                                                                        {22050, 44100},
                                                                        {16000, 48000},
                                                                        {32000, 48000}})
        CHECK(tonecast::fitting_rate(rates_hz, host) == expected);
}
