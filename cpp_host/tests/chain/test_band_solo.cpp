#include "engine/chain/band_solo.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

using namespace stage_streams;
using tonecast::BandSolo;

namespace {

std::function<void(AudioBuffer&, int)> through(BandSolo& solo) {
    return [&solo](AudioBuffer& samples, int n) {
        std::array<float*, 2> channels{};
        for (int c = 0; c < samples.channels(); ++c)
            channels[static_cast<std::size_t>(c)] = samples.channel(c);
        solo.follow();
        solo.process(channels.data(), 0, n);
    };
}

AudioBuffer sine(double frequency_hz, int samples) {
    AudioBuffer made;
    made.resize(1, samples);
    for (int i = 0; i < samples; ++i)
        made.channel(0)[i] =
            static_cast<float>(0.5 * std::sin(2.0 * std::numbers::pi * frequency_hz * i / rate_hz));
    return made;
}

/// What is left of a sine, in dB, when it has settled.
double level_db(double frequency_hz, float middle_hz, float octaves) {
    BandSolo solo;
    solo.prepare(rate_hz, 1);
    solo.play(middle_hz, octaves);
    solo.jump();
    const AudioBuffer out = played(sine(frequency_hz, 48000), 480, through(solo));
    double power = 0.0;
    for (int i = 24000; i < 48000; ++i)
        power += static_cast<double>(out.channel(0)[i]) * out.channel(0)[i];
    return 10.0 * std::log10(power / 24000.0 / 0.125);
}

/// How much a sound bends at most: a click bends it sharply.
double sharpest(const AudioBuffer& sound) {
    double most = 0.0;
    const float* const y = sound.channel(0);
    for (int i = 2; i < sound.samples(); ++i)
        most = std::max(most, std::fabs(static_cast<double>(y[i]) - 2.0 * y[i - 1] + y[i - 2]));
    return most;
}

} // namespace

TEST(a_band_solo_that_is_off_touches_no_bit) {
    const AudioBuffer sound = noise(2, 30000, 0.5F);
    BandSolo solo;
    solo.prepare(rate_hz, 2);
    CHECK(same_bits(played(sound, 64, through(solo)), sound));

    // Also once a band has been heard.
    const Turns turns{{1000, [&] { solo.play(700.0F, 0.5F); }}, {5000, [&] { solo.stop(); }}};
    const AudioBuffer out = played(sound, 64, through(solo), turns);
    CHECK(std::equal(out.channel(0), out.channel(0) + 1000, sound.channel(0)));
    CHECK(out.channel(0)[3000] != sound.channel(0)[3000]);
    for (int c = 0; c < 2; ++c) // 20 ms and the rest of a grid later
        CHECK(std::equal(out.channel(c) + 5980, out.channel(c) + 30000, sound.channel(c) + 5980));
}

TEST(a_soloed_band_is_as_wide_as_it_was_asked_to_be) {
    for (const float middle_hz : {100.0F, 1000.0F, 8000.0F})
        for (const float octaves : {0.33F, 1.0F, 2.0F}) {
            CHECK(std::fabs(level_db(middle_hz, middle_hz, octaves)) < 0.01);
            for (const double side : {-0.5, 0.5}) {
                const double edge_hz = middle_hz * std::exp2(side * octaves);
                // Edges of bands at high frequencies are warped.
                if (middle_hz < 8000.0F)
                    CHECK(std::fabs(level_db(edge_hz, middle_hz, octaves) + 3.01) < 0.03);
            }
            CHECK(level_db(middle_hz / std::exp2(3.0 * octaves), middle_hz, octaves) < -20.0);
        }
}

TEST(however_a_stream_is_cut_a_soloed_band_is_the_same) {
    const AudioBuffer sound = noise(2, 9000, 0.5F);
    AudioBuffer first;
    for (const int block : {512, 1, 7, 64, 480, 0}) {
        BandSolo solo;
        solo.prepare(rate_hz, 2);
        const Turns turns{{1003, [&] { solo.play(400.0F, 1.0F); }},
                          {1501, [&] { solo.play(5000.0F, 0.2F); }},
                          {4000, [&] { solo.stop(); }},
                          {4100, [&] { solo.play(90.0F, 3.0F); }},
                          {6001, [&] { solo.stop(); }}};
        const AudioBuffer out = played(sound, block, through(solo), turns);
        if (block == 512)
            first = out;
        CHECK(same_bits(out, first));
    }
}

TEST(a_band_comes_moves_and_goes_without_a_click) {
    const AudioBuffer sound = sine(300.0, 20000);
    BandSolo solo;
    solo.prepare(rate_hz, 1);
    const Turns turns{{3011, [&] { solo.play(2000.0F, 0.3F); }},
                      {6007, [&] { solo.play(150.0F, 0.3F); }},
                      {9001, [&] { solo.stop(); }}};
    const double kink =
        1.0 / (BandSolo::ramp_s * rate_hz); // of a ramp over a full-scale difference
    CHECK(sharpest(played(sound, 64, through(solo), turns)) < 1.1 * sharpest(sound) + kink);
    BandSolo jumped;
    jumped.prepare(rate_hz, 1);
    const auto jump = [&] {
        jumped.play(2000.0F, 0.3F);
        jumped.jump();
    };
    CHECK(sharpest(played(sound, 64, through(jumped), {{3011, jump}})) > 10.0 * sharpest(sound));
}

TEST(bands_beyond_the_sample_rate_and_no_numbers_leave_finite_sound) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    const AudioBuffer sound = noise(1, 4000, 0.5F);
    for (const float frequency_hz : {1e-9F, 1.0F, 23999.0F, 48000.0F, 1e30F, -5.0F, nan, infinity})
        for (const float octaves : {-1.0F, 0.0F, 1e-9F, 1.0F, 100.0F, nan, infinity}) {
            BandSolo solo;
            solo.prepare(rate_hz, 1);
            solo.play(frequency_hz, octaves);
            solo.jump();
            const AudioBuffer out = played(sound, 64, through(solo));
            for (int i = 0; i < out.samples(); ++i)
                CHECK(std::fabs(out.channel(0)[i]) < 10.0F);
        }
}
