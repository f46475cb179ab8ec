#include "engine/chain/cabinet.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"

#include <atomic>
#include <cmath>
#include <memory>
#include <thread>

using namespace stage_streams;
using tonecast::Cabinet;
using tonecast::Convolver;
using tonecast::ImpulseResponse;

namespace {

std::shared_ptr<const ImpulseResponse> response(unsigned seed, int samples = 3000) {
    return std::make_shared<ImpulseResponse>(noise(2, samples, 1.0F, seed), rate_hz);
}

std::function<void(AudioBuffer&, int)> through(Cabinet& cabinet) {
    return [&cabinet](AudioBuffer& samples, int n) { cabinet.process(samples, n); };
}

AudioBuffer convolved(const AudioBuffer& in, const ImpulseResponse& with, int from = 0) {
    Convolver convolver(with.at_rate(rate_hz), in.channels());
    AudioBuffer rest;
    rest.resize(in.channels(), in.samples() - from);
    for (int c = 0; c < in.channels(); ++c)
        std::copy(in.channel(c) + from, in.channel(c) + in.samples(), rest.channel(c));
    convolver.process(rest, rest, rest.samples());
    return rest;
}

} // namespace

TEST(without_a_response_a_cabinet_touches_no_bit) {
    Cabinet cabinet;
    cabinet.prepare(rate_hz, 2, max_block);
    const AudioBuffer sound = noise(2, 3000, 0.5F);
    CHECK(same_bits(played(sound, 64, through(cabinet)), sound));
}

TEST(what_is_loaded_before_a_stream_plays_from_its_first_sample_on) {
    const AudioBuffer sound = noise(2, 9000, 0.5F);
    const AudioBuffer expected = convolved(sound, *response(5));
    Cabinet before; // prepare()
    before.load(response(5));
    before.prepare(rate_hz, 2, max_block);
    before.jump();
    CHECK(same_bits(played(sound, 64, through(before)), expected));
    before.reset();
    before.jump();
    CHECK(same_bits(played(sound, 480, through(before)), expected));
    Cabinet after;
    after.prepare(rate_hz, 2, max_block);
    after.load(response(4));
    after.load(response(5)); // the last one counts
    after.jump();
    CHECK(same_bits(played(sound, 64, through(after)), expected));
}

TEST(another_response_fades_in_and_then_is_alone_however_the_stream_is_cut) {
    const AudioBuffer sound = noise(2, 9000, 0.5F);
    constexpr int at = 3001;
    constexpr int fade = rate_hz / 50;
    const AudioBuffer old = convolved(sound, *response(5));
    const AudioBuffer fresh = convolved(sound, *response(6), at);
    AudioBuffer first;
    for (const int block : {512, 1, 7, 64, 480, 0}) {
        Cabinet cabinet;
        cabinet.load(response(5));
        cabinet.prepare(rate_hz, 2, max_block);
        cabinet.jump();
        const AudioBuffer out =
            played(sound, block, through(cabinet), {{at, [&] { cabinet.load(response(6)); }}});
        for (int c = 0; c < 2; ++c) {
            for (int i = 0; i < fade; ++i) {
                const float gain = static_cast<float>(i + 1) / static_cast<float>(fade);
                const float mixed =
                    (1.0F - gain) * old.channel(c)[at + i] + gain * fresh.channel(c)[i];
                CHECK(std::fabs(out.channel(c)[at + i] - mixed) < 1e-6F);
            }
            CHECK(std::equal(out.channel(c), out.channel(c) + at, old.channel(c)));
            CHECK(std::equal(out.channel(c) + at + fade, out.channel(c) + 9000,
                             fresh.channel(c) + fade));
        }
        if (block == 512)
            first = out;
        CHECK(same_bits(out, first));
    }
}

TEST(a_cabinet_is_taken_away_as_it_came) {
    const AudioBuffer sound = noise(2, 9000, 0.5F);
    Cabinet cabinet;
    cabinet.prepare(rate_hz, 2, max_block);
    cabinet.load(response(5));
    cabinet.jump();
    const Turns turns{{2000, [&] { cabinet.load(nullptr); }},
                      {5000, [&] { cabinet.load(response(6)); }},
                      {5100, [&] { cabinet.load(response(7)); }}, // while that one fades in
                      {5200, [&] { cabinet.reset(); }}};
    const AudioBuffer out = played(sound, 64, through(cabinet), turns);
    CHECK(std::equal(out.channel(0) + 3000, out.channel(0) + 5000, sound.channel(0) + 3000));
    CHECK(out.channel(0)[6000] != sound.channel(0)[6000]);
}

TEST(a_cabinet_is_loaded_while_it_plays) {
    Cabinet cabinet;
    cabinet.prepare(rate_hz, 2, max_block);
    std::atomic<bool> done = false;
    std::thread loads([&] {
        for (unsigned i = 0; i < 50; ++i) {
            cabinet.load(i % 3 == 0 ? nullptr : response(i, 300));
            cabinet.collect();
        }
        done = true;
    });
    const AudioBuffer sound = noise(2, max_block, 0.01F);
    float peak = 0.0F;
    while (!done) {
        const AudioBuffer out = played(sound, 64, through(cabinet));
        for (int i = 0; i < max_block; ++i)
            peak = std::max(peak, std::fabs(out.channel(0)[i]));
    }
    loads.join();
    CHECK(peak < 0.1F);
}
