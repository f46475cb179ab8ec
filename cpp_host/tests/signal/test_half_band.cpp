#include "engine/signal/half_band_cascade.h"
#include "tests/check.h"

#include <cmath>
#include <numbers>
#include <vector>

using tonecast::AudioBuffer;
using tonecast::HalfBandCascade;

namespace {

/// A sine from one rate to another, in blocks of a size.
std::vector<float> converted(int from_hz, int to_hz, double frequency_hz, int block) {
    constexpr int samples = 65536;
    HalfBandCascade cascade;
    cascade.prepare(from_hz, to_hz, 1, block);
    AudioBuffer in;
    in.resize(1, block);
    AudioBuffer out;
    out.resize(1, cascade.max_output_samples(block));
    std::vector<float> all;
    for (int at = 0; at < samples; at += block) {
        for (int i = 0; i < block; ++i)
            in.channel(0)[i] = static_cast<float>(
                std::sin(2.0 * std::numbers::pi * frequency_hz * (at + i) / from_hz));
        const int written = cascade.process(in, block, out);
        all.insert(all.end(), out.channel(0), out.channel(0) + written);
    }
    return all;
}

/// The amplitude of a frequency in the second half of a sound, under a Blackman window.
double amplitude(const std::vector<float>& sound, double frequency_hz, int rate_hz) {
    const std::size_t half = sound.size() / 2;
    double real = 0.0;
    double imaginary = 0.0;
    double weights = 0.0;
    for (std::size_t i = 0; i < half; ++i) {
        const double turn =
            2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(half);
        const double window = 0.42 - 0.5 * std::cos(turn) + 0.08 * std::cos(2.0 * turn);
        const double angle =
            2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / rate_hz;
        real += window * sound[half + i] * std::cos(angle);
        imaginary += window * sound[half + i] * std::sin(angle);
        weights += window;
    }
    return 2.0 * std::hypot(real, imaginary) / weights;
}

} // namespace

TEST(half_bands_pass_what_is_audible_and_no_images) {
    for (const int low_hz : {44100, 48000})
        for (const int ratio : {2, 4, 8})
            for (const double tone_hz : {100.0, 5000.0, 15000.0, 19900.0}) {
                const int high_hz = ratio * low_hz;
                const auto up = converted(low_hz, high_hz, tone_hz, 64);
                CHECK(std::fabs(amplitude(up, tone_hz, high_hz) - 1.0) < 1e-4);
                CHECK(amplitude(up, low_hz - tone_hz, high_hz) < 1e-5); // −100 dB
                const auto down = converted(high_hz, low_hz, tone_hz, 64);
                CHECK(std::fabs(amplitude(down, tone_hz, low_hz) - 1.0) < 1e-4);
                // What would fold down onto it.
                const auto folded = converted(high_hz, low_hz, low_hz - tone_hz, 64);
                CHECK(amplitude(folded, tone_hz, low_hz) < 1e-5);
            }
}

TEST(half_bands_give_the_same_bits_for_any_cut) {
    for (const auto& [from_hz, to_hz] :
         {std::pair{48000, 96000}, {48000, 384000}, {384000, 48000}}) {
        const auto whole = converted(from_hz, to_hz, 1000.0, 65536);
        for (const int block : {1, 2, 64, 512})
            CHECK(converted(from_hz, to_hz, 1000.0, block) == whole);
    }
}

TEST(half_bands_convert_by_powers_of_two_alone) {
    CHECK(HalfBandCascade::converts(48000, 96000) && HalfBandCascade::converts(352800, 44100));
    CHECK(!HalfBandCascade::converts(48000, 48000) && !HalfBandCascade::converts(44100, 48000));
    CHECK(!HalfBandCascade::converts(16000, 48000));
}
