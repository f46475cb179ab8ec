#include "engine/convolution/impulse_response.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

using namespace stage_streams;
using tonecast::ImpulseResponse;

namespace {

double energy(const AudioBuffer& samples) {
    double sum = 0.0;
    for (int c = 0; c < samples.channels(); ++c)
        for (int i = 0; i < samples.samples(); ++i)
            sum += std::pow(samples.channel(c)[i], 2.0);
    return sum;
}

/// The response at a frequency, in dB.
double response_db(const AudioBuffer& taps, int sample_rate_hz, double frequency_hz) {
    std::complex<double> sum;
    for (int i = 0; i < taps.samples(); ++i)
        sum += static_cast<double>(taps.channel(0)[i]) *
               std::polar(1.0, -2.0 * std::numbers::pi * frequency_hz * i / sample_rate_hz);
    return 20.0 * std::log10(std::abs(sum));
}

/// A resonance at 900 Hz that sets in within 2 ms and dies away in 20.
AudioBuffer thump(int sample_rate_hz) {
    AudioBuffer made;
    made.resize(1, sample_rate_hz / 5);
    for (int i = 0; i < made.samples(); ++i) {
        const double t = static_cast<double>(i) / sample_rate_hz;
        made.channel(0)[i] =
            static_cast<float>((1.0 - std::exp(-std::pow(t / 0.001, 4.0))) * std::exp(-t / 0.01) *
                               std::sin(2.0 * std::numbers::pi * 900.0 * t));
    }
    return made;
}

} // namespace

TEST(a_response_has_an_energy_of_1_at_48_kHz_with_its_channels_in_proportion) {
    AudioBuffer samples = noise(2, 1000, 1.0F);
    for (int i = 0; i < 1000; ++i)
        samples.channel(1)[i] *= 0.5F;
    const AudioBuffer taps = ImpulseResponse(samples, 48000).at_rate(48000);
    CHECK(std::fabs(energy(taps) / 2.0 - 1.0) < 1e-5);
    const float ratio = taps.channel(1)[10] / taps.channel(0)[10];
    CHECK(std::fabs(ratio - samples.channel(1)[10] / samples.channel(0)[10]) < 1e-5F);
    CHECK(same_bits(ImpulseResponse(samples, 48000, false).at_rate(48000), samples));
}

TEST(a_response_is_the_same_at_every_rate) {
    for (const int recorded_hz : {44100, 48000, 96000}) {
        const ImpulseResponse response(thump(recorded_hz), recorded_hz);
        for (const int played_hz : {44100, 47999, 48000, 88200, 192000}) {
            const AudioBuffer taps = response.at_rate(played_hz);
            for (const double frequency_hz : {20.0, 300.0, 900.0, 2000.0}) {
                const double expected = response_db(
                    ImpulseResponse(thump(48000), 48000).at_rate(48000), 48000, frequency_hz);
                CHECK(std::fabs(response_db(taps, played_hz, frequency_hz) - expected) < 0.05);
            }
        }
    }
}

TEST(a_response_that_begins_at_full_strength_is_the_same_at_every_rate) {
    AudioBuffer click;
    click.resize(1, 1000);
    click.channel(0)[0] = 1.0F;
    for (const int recorded_hz : {44100, 48000, 96000}) {
        const ImpulseResponse response(click, recorded_hz, false);
        for (const int played_hz : {44100, 47999, 48000, 96000}) {
            const AudioBuffer taps = response.at_rate(played_hz);
            for (const double frequency_hz : {20.0, 1000.0, 5000.0})
                CHECK(std::fabs(response_db(taps, played_hz, frequency_hz)) < 0.1);
            CHECK(std::fabs(response_db(taps, played_hz, 10000.0)) < 0.4);
        }
    }
}

TEST(an_onset_stays_where_it_was) {
    AudioBuffer click;
    click.resize(1, 4410);
    click.channel(0)[441] = 1.0F; // 10 ms
    const AudioBuffer taps = ImpulseResponse(click, 44100).at_rate(96000);
    int highest = 0;
    for (int i = 0; i < taps.samples(); ++i)
        if (taps.channel(0)[i] > taps.channel(0)[highest])
            highest = i;
    CHECK(highest == 960);
}

TEST(what_is_no_impulse_response_is_refused) {
    const AudioBuffer sound = noise(1, 1000, 0.5F);
    AudioBuffer broken = sound;
    broken.channel(0)[10] = std::numeric_limits<float>::quiet_NaN();
    AudioBuffer silent;
    silent.resize(1, 1000);
    CHECK_THROWS_WITH(ImpulseResponse(AudioBuffer(), 48000), "0 channels");
    CHECK_THROWS_WITH(ImpulseResponse(noise(4, 100, 1.0F), 48000), "4 channels");
    CHECK_THROWS_WITH(ImpulseResponse(sound, 0), "at 0 Hz");
    CHECK_THROWS_WITH(ImpulseResponse(noise(1, 480001, 1.0F), 48000), "longer than 10 s");
    CHECK_THROWS_WITH(ImpulseResponse(broken, 48000), "no audio");
    CHECK_THROWS_WITH(ImpulseResponse(silent, 48000), "silent");
}
