// What stands around the model: the order of the stages, and that none of them makes sound late.

#include "engine/engine.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"
#include "tests/engine/streams.h"

#include <cmath>
#include <random>

using tonecast::Engine;
using tonecast::ImpulseResponse;
using tonecast::PlaySettings;
using tonecast::Stereo;

namespace {

const PlaySettings stereo{48000, 2};

std::shared_ptr<const ImpulseResponse> two_echoes() {
    tonecast::AudioBuffer taps;
    taps.resize(2, 2000);
    taps.channel(0)[0] = 0.5F;
    taps.channel(1)[1999] = -0.25F;
    return std::make_shared<ImpulseResponse>(taps, 48000, false);
}

float difference(const streams::Signal& a, const streams::Signal& b, std::size_t channel) {
    float most = 0.0F;
    for (std::size_t i = 0; i < a[channel].size(); ++i)
        most = std::max(most, std::fabs(a[channel][i] - b[channel][i]));
    return most;
}

} // namespace

TEST(a_cabinet_plays_behind_the_model_with_no_more_latency) {
    const auto in = streams::noise(2, 20000);
    const auto engine = streams::identity_engine(stereo);
    const int latency = engine->latency_samples();
    engine->load_cabinet(two_echoes());
    CHECK(engine->latency_samples() == latency);
    auto expected = streams::delayed(in, latency);
    for (float& sample : expected[0])
        sample *= 0.5F;
    expected[1] = streams::delayed(in, latency + 1999)[1];
    for (float& sample : expected[1])
        sample *= -0.25F;
    const auto out = streams::play(*engine, in);
    CHECK(difference(out, expected, 0) < 1e-5F);
    CHECK(difference(out, expected, 1) < 1e-5F);
    engine->load_cabinet(nullptr);
    engine->reset();
    CHECK(difference(streams::play(*engine, in), streams::delayed(in, latency), 0) < 1e-6F);
}

TEST(a_cabinet_rings_on_after_the_input_and_its_silence_gate) {
    auto in = streams::noise(2, 40000);
    for (auto& channel : in)
        std::fill(channel.begin() + 5000, channel.end(), 0.0F);
    tonecast::AudioBuffer late;
    late.resize(1, 30000);
    late.channel(0)[29999] = 0.5F; // when the gate has long been closed
    const auto engine = streams::identity_engine(stereo);
    engine->load_cabinet(std::make_shared<ImpulseResponse>(late, 48000, false));
    const auto out = streams::play(*engine, in);
    const auto at = static_cast<std::size_t>(engine->latency_samples() + 29999);
    CHECK(std::fabs(out[0][at + 100] - 0.5F * in[0][100]) < 1e-5F);
}

TEST(the_gate_closes_before_the_model) {
    auto in = streams::noise(2, 20000);
    for (float& sample : in[0])
        sample *= 1e-4F;
    for (float& sample : in[1])
        sample *= 1e-4F;
    const auto engine = streams::identity_engine(stereo);
    engine->gate_db().set(-60.0F);
    const auto out = streams::play(*engine, in);
    const streams::Signal silence(2, std::vector<float>(20000));
    CHECK(difference(out, silence, 0) == 0.0F);
}

TEST(mid_and_side_come_back_as_left_and_right) {
    const auto in = streams::noise(2, 20000);
    const auto engine = streams::identity_engine(stereo);
    engine->set_stereo(Stereo::mid_side);
    const auto out = streams::play(*engine, in);
    const auto expected = streams::delayed(in, engine->latency_samples());
    CHECK(difference(out, expected, 0) < 1e-5F);
    CHECK(difference(out, expected, 1) < 1e-5F);
}

TEST(one_channel_alone_sounds_in_mid_side_though_the_other_is_silent) {
    auto in = streams::noise(2, 20000);
    std::fill(in[1].begin(), in[1].end(), 0.0F);
    const auto engine = streams::identity_engine(stereo);
    engine->set_stereo(Stereo::mid_side);
    const auto out = streams::play(*engine, in);
    const auto expected = streams::delayed(in, engine->latency_samples());
    CHECK(difference(out, expected, 0) < 1e-5F);
    CHECK(difference(out, expected, 1) < 1e-5F);
}

TEST(however_a_stream_is_cut_all_stages_together_play_the_same) {
    const auto in = streams::noise(2, 30000);
    streams::Signal first;
    for (const int block : {30000, 1, 7, 64, 480, 0}) {
        const auto engine = streams::identity_engine(stereo);
        engine->load_cabinet(two_echoes());
        engine->gate_db().set(-30.0F);
        engine->bass_db().set(6.0F);
        engine->middle_db().set(-6.0F);
        engine->treble_db().set(3.0F);
        engine->set_stereo(Stereo::mid_side);
        std::mt19937 random(5);
        const auto out = streams::play(*engine, in, [&] {
            return block > 0 ? block : 1 + static_cast<int>(random() % 2000U);
        });
        if (first.empty())
            first = out;
        CHECK(out == first);
    }
}
