#include "engine/signal/soft_ceiling.h"
#include "tests/check.h"

#include <cmath>

using tonecast::AudioBuffer;
using tonecast::SoftCeiling;

namespace {

float held(float sample, float scale = 1.0F) {
    SoftCeiling ceiling;
    ceiling.set(0.5F, 1.0F);
    AudioBuffer buffer;
    buffer.resize(1, 1);
    *buffer.channel(0) = sample;
    ceiling.process(buffer, 1, scale);
    return *buffer.channel(0);
}

} // namespace

TEST(up_to_the_knee_samples_pass_bit_for_bit) {
    for (const float sample : {0.0F, 1e-30F, 0.1F, -0.3F, 0.5F, -0.5F})
        CHECK(held(sample) == sample);
    CHECK(held(5.0F, 10.0F) == 5.0F);
}

TEST(above_the_knee_samples_bend_smoothly_and_never_pass_the_ceiling) {
    float before = 0.5F;
    for (int i = 1; i <= 1000; ++i) {
        const float sample = 0.5F + 0.01F * static_cast<float>(i);
        const float now = held(sample);
        CHECK(now > before && now < 1.0F && now < sample);
        CHECK(held(-sample) == -now);
        before = now;
    }
    CHECK(held(0.5001F) - 0.5F > 0.99F * 0.0001F); // the slope does not jump at the knee
    CHECK(held(1e15F) <= 1.0F);
    CHECK(held(1e15F, 10.0F) <= 10.0F && held(1e15F, 10.0F) > 9.9F);
}

TEST(a_ceiling_says_whether_it_held_and_one_that_is_not_set_does_nothing) {
    AudioBuffer buffer;
    buffer.resize(2, 3);
    buffer.channel(1)[2] = 0.7F;
    SoftCeiling ceiling;
    CHECK(!ceiling.process(buffer, 3));
    CHECK(buffer.channel(1)[2] == 0.7F);
    ceiling.set(0.5F, 1.0F);
    CHECK(!ceiling.process(buffer, 2)); // the loud one is not among them
    CHECK(ceiling.process(buffer, 3));
}
