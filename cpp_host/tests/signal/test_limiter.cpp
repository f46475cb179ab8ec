#include "engine/signal/control_value.h"
#include "engine/signal/limiter.h"
#include "tests/check.h"

#include <cmath>
#include <limits>
#include <random>

using tonecast::AudioBuffer;
using tonecast::Limiter;

namespace {

constexpr int rate_hz = 48000;

AudioBuffer buffer(int channels, int samples, float gain) {
    std::mt19937 random(1);
    AudioBuffer made;
    made.resize(channels, samples);
    for (int c = 0; c < channels; ++c)
        for (int i = 0; i < samples; ++i)
            made.channel(c)[i] = gain * (static_cast<float>(random()) / 2147483648.0F - 1.0F);
    return made;
}

float peak(const AudioBuffer& samples) {
    float highest = 0.0F;
    for (int c = 0; c < samples.channels(); ++c)
        for (int i = 0; i < samples.samples(); ++i)
            highest = std::max(highest, std::fabs(samples.channel(c)[i]));
    return highest;
}

Limiter& on(Limiter& limiter, float ceiling_db = 0.0F) {
    limiter.prepare(rate_hz);
    limiter.on.set(1.0F);
    limiter.ceiling_db.set(ceiling_db);
    return limiter;
}

} // namespace

TEST(no_sample_is_above_the_ceiling_whatever_comes_in) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const float ceiling_db : {-20.0F, -6.0F, 0.0F, 3.0F}) {
        Limiter limiter;
        on(limiter, ceiling_db);
        AudioBuffer wild = buffer(2, 4096, 1e3F);
        wild.channel(0)[5] = std::numeric_limits<float>::quiet_NaN();
        wild.channel(1)[6] = infinity;
        wild.channel(0)[7] = -infinity;
        wild.channel(1)[8] = std::numeric_limits<float>::max();
        CHECK(limiter.process(wild, 4096) > 0);
        CHECK(wild.channel(0)[5] == 0.0F);
        CHECK(peak(wild) <= tonecast::db_to_linear(ceiling_db));
    }
}

TEST(below_the_ceiling_samples_pass_bit_for_bit) {
    Limiter limiter;
    on(limiter);
    AudioBuffer quiet = buffer(2, 4096, 1.0F);
    const AudioBuffer before = quiet;
    CHECK(limiter.process(quiet, 4096) == 0);
    for (int i = 0; i < 4096; ++i)
        CHECK(quiet.channel(1)[i] == before.channel(1)[i]);
}

TEST(the_gain_falls_at_once_for_all_channels_and_recovers_with_its_time_constant) {
    Limiter limiter;
    on(limiter);
    constexpr int samples = rate_hz;
    AudioBuffer sound;
    sound.resize(2, samples);
    for (int i = 0; i < samples; ++i)
        sound.channel(0)[i] = sound.channel(1)[i] = 0.25F;
    sound.channel(0)[100] = 2.0F; // 6 dB above the ceiling
    const int limited = limiter.process(sound, samples);
    CHECK(sound.channel(0)[99] == 0.25F);
    CHECK(sound.channel(0)[100] == 1.0F);
    CHECK(sound.channel(1)[100] == 0.125F); // the image stays
    const int after = 100 + static_cast<int>(Limiter::release_s * rate_hz);
    CHECK(std::fabs(sound.channel(1)[after] - 0.25F * (1.0F - 0.5F * std::exp(-1.0F))) < 1e-3F);
    CHECK(sound.channel(1)[samples - 1] == 0.25F);
    CHECK(limited > 0 && limited < samples);
}

TEST(a_limiter_that_is_off_does_nothing) {
    Limiter limiter;
    limiter.prepare(rate_hz);
    AudioBuffer loud = buffer(1, 100, 50.0F);
    const float before = peak(loud);
    CHECK(limiter.process(loud, 100) == 0);
    CHECK(peak(loud) == before);
}

TEST(however_the_stream_is_cut_it_is_limited_alike) {
    Limiter whole;
    Limiter cut;
    on(whole);
    on(cut);
    AudioBuffer one = buffer(1, 1000, 3.0F);
    const AudioBuffer source = one;
    whole.process(one, 1000);
    for (int i = 0; i < 1000; ++i) {
        AudioBuffer sample;
        sample.resize(1, 1);
        *sample.channel(0) = source.channel(0)[i];
        cut.process(sample, 1);
        CHECK(*sample.channel(0) == one.channel(0)[i]);
    }
}
