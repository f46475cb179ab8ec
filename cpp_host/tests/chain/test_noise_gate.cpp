#include "engine/chain/noise_gate.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"

#include <cmath>
#include <limits>
#include <numbers>

using namespace stage_streams;
using tonecast::NoiseGate;

namespace {

constexpr float threshold_db = -40.0F; // 0.01

void begin(NoiseGate& gate, int channels) {
    gate.prepare(rate_hz, channels);
    gate.threshold_db.set(threshold_db);
    gate.jump();
}

std::function<void(AudioBuffer&, int)> through(NoiseGate& gate) {
    return [&gate](AudioBuffer& samples, int n) { gate.process(samples, n); };
}

int samples_of(double seconds) {
    return static_cast<int>(std::lround(seconds * rate_hz));
}

/// One channel at a level of its own from each of these samples on.
AudioBuffer steps(int samples, const std::map<int, float>& levels) {
    AudioBuffer made;
    made.resize(1, samples);
    for (const auto& [from, level] : levels)
        std::fill(made.channel(0) + from, made.channel(0) + samples, level);
    return made;
}

float steepest(const AudioBuffer& sound, int from) {
    float most = 0.0F;
    for (int i = std::max(from, 1); i < sound.samples(); ++i)
        most = std::max(most, std::fabs(sound.channel(0)[i] - sound.channel(0)[i - 1]));
    return most;
}

} // namespace

TEST(a_gate_opens_at_once_holds_and_releases_to_silence) {
    NoiseGate gate;
    begin(gate, 1);
    constexpr int note = 1000;
    constexpr int end = 2000;
    const AudioBuffer sound = steps(20000, {{0, 0.004F}, {note, 0.5F}, {end, 0.004F}});
    const AudioBuffer out = played(sound, 64, through(gate));
    const float* const y = out.channel(0);
    CHECK(y[note - 1] == 0.0F); // hiss alone is silent
    CHECK(y[note] > 0.0F);
    const int open = note + samples_of(NoiseGate::attack_s);
    for (int i = open; i < end; ++i)
        CHECK(y[i] == 0.5F);
    const int release = end + samples_of(NoiseGate::hold_s) - 1;
    for (int i = end; i < release; ++i)
        CHECK(y[i] == 0.004F);
    CHECK(y[release + 2] < 0.004F);
    const float after = y[release + samples_of(NoiseGate::release_s)];
    CHECK(std::fabs(after / 0.004F - 1e-3F) < 1e-4F); // 60 dB down
    CHECK(y[19999] == 0.0F);
}

TEST(what_decays_below_the_threshold_does_not_make_a_gate_flutter) {
    NoiseGate gate;
    begin(gate, 1);
    // 3 dB below the threshold: kept where the gate is open, and no reason to open it.
    const AudioBuffer sound = steps(60000, {{0, 0.007F}, {20000, 0.02F}, {20100, 0.007F}});
    const AudioBuffer out = played(sound, 480, through(gate));
    CHECK(out.channel(0)[19999] == 0.0F);
    CHECK(out.channel(0)[59999] == 0.007F);
}

TEST(a_low_string_stays_open_between_its_peaks) {
    NoiseGate gate;
    begin(gate, 1);
    AudioBuffer sound;
    sound.resize(1, rate_hz);
    for (int i = 0; i < rate_hz; ++i) // a pulse a period, as pickups give
        sound.channel(0)[i] = static_cast<float>(
            0.02 * std::pow(std::sin(std::numbers::pi * 31.0 * i / rate_hz), 50.0));
    const AudioBuffer out = played(sound, 64, through(gate));
    for (int i = 4000; i < rate_hz; ++i)
        CHECK(out.channel(0)[i] == sound.channel(0)[i]);
}

TEST(linked_channels_open_together_and_others_alone) {
    AudioBuffer sound = noise(2, 4000, 0.5F);
    for (int i = 0; i < 4000; ++i)
        sound.channel(1)[i] *= 0.001F;
    for (const bool linked : {true, false}) {
        NoiseGate gate;
        begin(gate, 2);
        gate.linked.set(linked ? 1.0F : 0.0F);
        const AudioBuffer out = played(sound, 64, through(gate));
        CHECK(out.channel(0)[3999] == sound.channel(0)[3999]);
        CHECK(out.channel(1)[3999] == (linked ? sound.channel(1)[3999] : 0.0F));
    }
}

TEST(a_gate_that_is_off_touches_no_bit) {
    NoiseGate gate;
    gate.prepare(rate_hz, 2);
    gate.jump();
    AudioBuffer sound = noise(2, 4000, 1e-5F);
    sound.channel(0)[7] = std::numeric_limits<float>::infinity();
    CHECK(same_bits(played(sound, 64, through(gate)), sound));
}

TEST(a_gate_is_turned_without_a_click_however_the_stream_is_cut) {
    const AudioBuffer sound = steps(100000, {{0, 0.5F}});
    AudioBuffer first;
    for (const int block : {512, 1, 7, 64, 480, 0}) {
        NoiseGate gate;
        gate.prepare(rate_hz, 1);
        gate.jump();
        const Turns turns{
            {2000, [&] { gate.threshold_db.set(0.0F); }},
            {30000, [&] { gate.threshold_db.set(-50.0F); }},
            {40000, [&] { gate.threshold_db.set(0.0F); }},
            {60000, [&] { gate.threshold_db.set(NoiseGate::off_db); }},
            {70000, [&] { gate.linked.set(0.0F); }},
        };
        const AudioBuffer out = played(sound, block, through(gate), turns);
        CHECK(out.channel(0)[2000] == 0.5F);
        CHECK(out.channel(0)[29999] == 0.0F);
        CHECK(out.channel(0)[39999] == 0.5F);
        CHECK(out.channel(0)[59999] == 0.0F);
        CHECK(out.channel(0)[99999] == 0.5F);
        CHECK(steepest(out, 0) < 0.5F / 40.0F); // 1 ms from silence to 0.5, and a rest of rounding
        if (block == 512)
            first = out;
        CHECK(same_bits(out, first));
    }
}

TEST(no_number_stays_in_a_gate) {
    NoiseGate gate;
    begin(gate, 1);
    AudioBuffer sound = steps(4000, {{0, 0.5F}});
    sound.channel(0)[500] = std::numeric_limits<float>::quiet_NaN();
    sound.channel(0)[600] = -std::numeric_limits<float>::infinity();
    const AudioBuffer out = played(sound, 64, through(gate));
    for (int i = 601; i < 4000; ++i)
        CHECK(out.channel(0)[i] == 0.5F);
}
