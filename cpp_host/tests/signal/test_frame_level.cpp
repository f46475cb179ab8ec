#include "engine/signal/frame_level.h"
#include "tests/check.h"

#include <array>
#include <vector>

using tonecast::FrameLevel;

TEST(frames_within_the_range_pass_bit_for_bit) {
    FrameLevel level;
    level.prepare(0.5F, 0, 1);
    std::array frame{0.1F, -0.5F, 0.3F};
    const auto before = frame;
    level.take_out(frame);
    CHECK(frame == before);
    CHECK(level.gain_to_put_back() == 1.0F && level.excess() == 1.0F);
}

TEST(louder_frames_are_brought_into_the_range_exactly) {
    FrameLevel level;
    level.prepare(0.5F, 0, 1);
    for (const float peak : {0.500001F, 0.7F, 1.0F, 5.0F, 1e14F}) {
        std::array frame{0.1F * peak, -peak, 0.3F * peak};
        const auto before = frame;
        level.take_out(frame);
        CHECK(-frame[1] <= 0.25F && -frame[1] >= 0.125F);
        for (std::size_t i = 0; i < frame.size(); ++i)
            CHECK(frame[i] * level.gain_to_put_back() == before[i]);
        CHECK(level.excess() == peak / 0.5F);
    }
}

TEST(what_was_taken_out_is_put_back_as_late_as_the_frame_comes_back) {
    FrameLevel level;
    level.prepare(1.0F, 2, 3);
    std::vector<float> gains;
    std::vector<float> excess;
    for (const float peak : {3.0F, 0.5F, 10.0F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F}) {
        std::array frame{peak};
        level.take_out(frame);
        gains.push_back(level.gain_to_put_back());
        excess.push_back(level.excess());
    }
    CHECK((gains == std::vector{1.0F, 1.0F, 8.0F, 1.0F, 32.0F, 1.0F, 1.0F, 1.0F}));
    CHECK((excess == std::vector{1.0F, 1.0F, 3.0F, 3.0F, 10.0F, 10.0F, 10.0F, 1.0F}));
    std::array loud{8.0F};
    level.take_out(loud);
    level.reset();
    std::array quiet{0.5F};
    for (int i = 0; i < 4; ++i) {
        level.take_out(quiet);
        CHECK(level.gain_to_put_back() == 1.0F && level.excess() == 1.0F);
    }
}

TEST(without_a_trained_peak_nothing_is_taken_out) {
    FrameLevel level;
    std::array frame{1e10F};
    level.take_out(frame);
    CHECK(frame[0] == 1e10F && level.gain_to_put_back() == 1.0F && level.excess() == 1.0F);
}
