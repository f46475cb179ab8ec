#include "engine/chain/mid_side.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"

#include <cmath>

using namespace stage_streams;
using tonecast::MidSide;

namespace {

void begin(MidSide& stage, float amount) {
    stage.prepare(rate_hz);
    stage.amount.set(amount);
    stage.jump();
}

} // namespace

TEST(mono_is_in_the_middle_at_its_own_level) {
    MidSide encode(MidSide::Way::encode);
    begin(encode, 1.0F);
    AudioBuffer sound = noise(2, 300, 1.0F);
    std::copy_n(sound.channel(0), 300, sound.channel(1));
    const AudioBuffer before = sound;
    encode.process(sound, 300);
    for (int i = 0; i < 300; ++i) {
        CHECK(sound.channel(0)[i] == before.channel(0)[i]);
        CHECK(sound.channel(1)[i] == 0.0F);
    }
}

TEST(left_and_right_come_back) {
    MidSide encode(MidSide::Way::encode);
    MidSide decode(MidSide::Way::decode);
    begin(encode, 1.0F);
    begin(decode, 1.0F);
    AudioBuffer sound = noise(2, 300, 1.0F);
    const AudioBuffer before = sound;
    encode.process(sound, 300);
    CHECK(!same_bits(sound, before));
    decode.process(sound, 300);
    for (int c = 0; c < 2; ++c)
        for (int i = 0; i < 300; ++i)
            CHECK(std::fabs(sound.channel(c)[i] - before.channel(c)[i]) < 1e-6F);
}

TEST(off_or_with_other_than_two_channels_mid_side_touches_no_bit) {
    for (const int channels : {1, 2, 3}) {
        MidSide encode(MidSide::Way::encode);
        begin(encode, channels == 2 ? 0.0F : 1.0F);
        AudioBuffer sound = noise(channels, 300, 1.0F);
        const AudioBuffer before = sound;
        encode.process(sound, 300);
        CHECK(same_bits(sound, before));
    }
}

TEST(mid_side_is_switched_without_a_click_however_the_stream_is_cut) {
    AudioBuffer sound;
    sound.resize(2, 4000);
    std::fill_n(sound.channel(0), 4000, 0.5F); // left only: half of it moves to the right
    AudioBuffer first;
    for (const int block : {512, 1, 7, 64, 480, 0}) {
        MidSide encode(MidSide::Way::encode);
        begin(encode, 0.0F);
        const auto process = [&](AudioBuffer& samples, int n) {
            encode.follow();
            encode.process(samples, n);
        };
        const AudioBuffer out =
            played(sound, block, process, {{1000, [&] { encode.amount.set(1.0F); }}});
        CHECK(out.channel(1)[999] == 0.0F);
        CHECK(out.channel(1)[3999] == 0.25F);
        for (int i = 1; i < 4000; ++i)
            CHECK(std::fabs(out.channel(1)[i] - out.channel(1)[i - 1]) < 1e-3F);
        if (block == 512)
            first = out;
        CHECK(same_bits(out, first));
    }
}
