// A second sound that a model listens to, and models that play their channels together.

#include "engine/engine.h"
#include "engine/error.h"
#include "tests/check.h"
#include "tests/engine/models/keyed_models.h"
#include "tests/engine/streams.h"

#include <limits>
#include <random>
#include <thread>

using namespace streams;
using tonecast::Engine;
using tonecast::IdentityModel;
using tonecast::Mode;
using tonecast::PlaySettings;
using tonecast::Stereo;

namespace {

using Made = std::shared_ptr<const tonecast::Model>;

std::unique_ptr<Engine> engine_of(Made model, const PlaySettings& settings) {
    auto engine = std::make_unique<Engine>(std::move(model));
    engine->prepare(settings);
    return engine;
}

/// The same frames and rates, and the input instead of the side-chain.
Made without_sidechain(const Made& model) {
    tonecast::Contract contract = model->contract();
    contract.has_sidechain = false;
    return std::make_shared<IdentityModel>(contract);
}

} // namespace

TEST(a_sidechain_is_as_late_as_the_input_to_the_bit) {
    const Signal in = noise(2, 9000);
    const Signal key = noise(2, 9000, 2);
    for (const Made& model : {keyed_models::in_frames(), keyed_models::in_blocks()})
        for (const int host_hz : {44100, 48000, 96000}) {
            const PlaySettings settings{host_hz, 2};
            auto keyed = engine_of(model, settings);
            auto plain = engine_of(without_sidechain(model), settings);
            CHECK(keyed->latency_samples() == plain->latency_samples());
            CHECK(play(*keyed, in, key) == play(*plain, key));
        }
}

TEST(without_a_sidechain_the_input_is_heard_as_the_model_gets_it) {
    const Signal in = noise(2, 6000);
    const Signal key = noise(2, 6000, 2);
    auto engine = engine_of(keyed_models::in_blocks(), {48000, 2});
    engine->input_gain_db().set(-12.0F);
    const Signal heard = play(*engine, in);
    CHECK(largest_difference(heard, delayed(in, 64)) > 0.1F); // turned down
    engine->reset();
    CHECK(play(*engine, in, key) == delayed(key, 64)); // the gain is of the input alone

    auto plain = engine_of(without_sidechain(keyed_models::in_blocks()), {48000, 2});
    plain->input_gain_db().set(-12.0F);
    CHECK(heard == play(*plain, in));
}

TEST(the_middle_is_keyed_by_the_middle_and_the_sides_by_the_sides) {
    const Signal in = noise(2, 6000);
    const Signal key = noise(2, 6000, 2);
    auto keyed = engine_of(keyed_models::in_blocks(), {48000, 2});
    auto plain = engine_of(without_sidechain(keyed_models::in_blocks()), {48000, 2});
    for (Engine* engine : {keyed.get(), plain.get()})
        engine->set_stereo(Stereo::mid_side);
    CHECK(play(*keyed, in, key) == play(*plain, key));
    keyed->reset();
    plain->reset();
    CHECK(play(*keyed, in) == play(*plain, in));
}

TEST(cuts_change_no_bit_of_a_keyed_effect) {
    const Signal in = noise(2, 9000);
    const Signal key = noise(2, 9000, 2);
    for (const Made& model : {keyed_models::in_frames(), keyed_models::in_blocks()})
        for (const int host_hz : {44100, 48000}) {
            auto engine = engine_of(model, {host_hz, 2});
            engine->mix().set(0.3F);
            const Signal whole = play(*engine, in, key);
            for (const int block : {1, 64, 480}) {
                engine->reset();
                CHECK(play(*engine, in, key, [&] { return block; }) == whole);
            }
            std::mt19937 random(1);
            engine->reset();
            const auto any = [&] { return static_cast<int>(random() % 700U) + 1; };
            CHECK(play(*engine, in, key, any) == whole);
        }
}

TEST(a_worker_hears_the_sidechain_of_its_frame) {
    const Signal in = noise(1, 6000);
    const Signal key = noise(1, 6000, 2);
    const Made model = keyed_models::in_blocks();
    auto engine = engine_of(model, {48000, 1, 0, Mode::worker, 64});
    const Signal out = play(*engine, in, key, [&] {
        while (engine->counters().completed_frames < engine->counters().frames)
            std::this_thread::yield();
        return 64;
    });
    CHECK(engine->counters().late_frames == 0);
    CHECK(out == delayed(key, engine->latency_samples()));
}

TEST(where_the_model_fails_the_input_is_heard_and_not_the_sidechain) {
    const Signal in = noise(2, 6400);
    Signal key = noise(2, 6400, 2);
    for (std::size_t i = 3200; i < 6400; i += 64)
        key[1][i] = keyed_models::unbearable;
    auto engine = engine_of(keyed_models::in_blocks(), {48000, 2});
    const Signal out = play(*engine, in, key, [] { return 64; });
    CHECK(engine->counters().bad_frames == 50);
    for (std::size_t c = 0; c < 2; ++c)
        for (std::size_t i = 3200 + 960; i + 64 < 6400; ++i) // after the fade
            CHECK(out[c][i + 64] == in[c][i]);
}

TEST(a_sidechain_that_is_no_audio_is_silence_and_counted) {
    const Signal in = noise(1, 640);
    Signal key = noise(1, 640, 2);
    Signal guarded = key;
    key[0][100] = std::numeric_limits<float>::quiet_NaN();
    key[0][101] = 1e20F;
    guarded[0][100] = guarded[0][101] = 0.0F;
    auto engine = engine_of(keyed_models::in_blocks(), {48000, 1});
    CHECK(play(*engine, in, key) == delayed(guarded, 64));
    CHECK(engine->counters().nonfinite_input_samples == 1);
    CHECK(engine->counters().excessive_input_samples == 1);
}

TEST(effects_without_a_sidechain_pass_it_over) {
    const Signal in = noise(2, 6000);
    auto engine = identity_engine({48000, 2});
    const Signal alone = play(*engine, in);
    engine->reset();
    CHECK(play(*engine, in, noise(2, 6000, 2)) == alone);
}

TEST(channels_that_play_together_are_played_in_their_number_alone) {
    tonecast::Contract contract = streams::contract();
    contract.channels = 2;
    Engine engine(std::make_shared<IdentityModel>(contract));
    engine.prepare({48000, 2});
    for (const int channels : {1, 3})
        CHECK_THROWS_WITH(engine.prepare({48000, channels}),
                          "identity plays 2 channels together, not " + std::to_string(channels));
}
