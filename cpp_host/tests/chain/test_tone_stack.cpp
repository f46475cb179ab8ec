#include "engine/chain/tone_stack.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"

#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

using namespace stage_streams;
using tonecast::ToneStack;

namespace {

struct Tone {
    float bass_db = 0.0F;
    float middle_db = 0.0F;
    float treble_db = 0.0F;
};

void turn(ToneStack& stack, const Tone& tone) {
    stack.bass_db.set(tone.bass_db);
    stack.middle_db.set(tone.middle_db);
    stack.treble_db.set(tone.treble_db);
}

void begin(ToneStack& stack, int channels, const Tone& tone) {
    stack.prepare(rate_hz, channels);
    turn(stack, tone);
    stack.jump();
}

std::function<void(AudioBuffer&, int)> through(ToneStack& stack) {
    return [&stack](AudioBuffer& samples, int n) {
        stack.follow();
        stack.process(samples, n);
    };
}

/// The cookbook's formulae, as they are printed: b0, b1, b2, a0, a1, a2.
std::array<double, 6> cookbook(char shape, double frequency_hz, double q, double gain_db) {
    const double a = std::pow(10.0, gain_db / 40.0);
    const double w0 = 2.0 * std::numbers::pi * frequency_hz / rate_hz;
    const double c = std::cos(w0);
    const double alpha = std::sin(w0) / (2.0 * q);
    const double root = 2.0 * std::sqrt(a) * alpha;
    if (shape == 'p')
        return {1 + alpha * a, -2 * c, 1 - alpha * a, 1 + alpha / a, -2 * c, 1 - alpha / a};
    if (shape == 'l')
        return {a * ((a + 1) - (a - 1) * c + root), 2 * a * ((a - 1) - (a + 1) * c),
                a * ((a + 1) - (a - 1) * c - root), (a + 1) + (a - 1) * c + root,
                -2 * ((a - 1) + (a + 1) * c),       (a + 1) + (a - 1) * c - root};
    return {a * ((a + 1) + (a - 1) * c + root), -2 * a * ((a - 1) + (a + 1) * c),
            a * ((a + 1) + (a - 1) * c - root), (a + 1) - (a - 1) * c + root,
            2 * ((a - 1) - (a + 1) * c),        (a + 1) - (a - 1) * c - root};
}

/// Direct form I, sample by sample.
std::vector<double> filtered(const std::vector<double>& x, const std::array<double, 6>& f) {
    std::vector<double> y(x.size());
    const auto at = [](const std::vector<double>& v, std::size_t i, std::size_t back) {
        return i >= back ? v[i - back] : 0.0;
    };
    for (std::size_t i = 0; i < x.size(); ++i)
        y[i] = (f[0] * x[i] + f[1] * at(x, i, 1) + f[2] * at(x, i, 2) - f[4] * at(y, i, 1) -
                f[5] * at(y, i, 2)) /
               f[3];
    return y;
}

std::vector<double> reference(const float* in, int samples, const Tone& tone) {
    std::vector<double> x(in, in + samples);
    x = filtered(x, cookbook('l', 150.0, 0.707, tone.bass_db));
    x = filtered(x, cookbook('p', 425.0, tone.middle_db < 0.0F ? 1.5 : 0.7, tone.middle_db));
    return filtered(x, cookbook('h', 1800.0, 0.707, tone.treble_db));
}

/// How much a sound bends at most: a click bends it sharply.
double sharpest(const AudioBuffer& sound) {
    double most = 0.0;
    const float* const y = sound.channel(0);
    for (int i = 100; i < sound.samples(); ++i) // by then a sine that sets in has settled
        most = std::max(most, std::fabs(static_cast<double>(y[i]) - 2.0 * y[i - 1] + y[i - 2]));
    return most;
}

AudioBuffer sine(double frequency_hz, int samples) {
    AudioBuffer made;
    made.resize(1, samples);
    for (int i = 0; i < samples; ++i)
        made.channel(0)[i] =
            static_cast<float>(0.1 * std::sin(2.0 * std::numbers::pi * frequency_hz * i / rate_hz));
    return made;
}

} // namespace

TEST(a_tone_stack_filters_by_the_cookbook) {
    const AudioBuffer sound = noise(2, 4000, 0.5F);
    for (const Tone& tone :
         {Tone{12.0F, 0.0F, 0.0F}, Tone{0.0F, 9.0F, 0.0F}, Tone{0.0F, -9.0F, 0.0F},
          Tone{0.0F, 0.0F, 7.0F}, Tone{-12.0F, 12.0F, -12.0F}, Tone{3.0F, -12.0F, 12.0F}}) {
        ToneStack stack;
        begin(stack, 2, tone);
        const AudioBuffer out = played(sound, 64, through(stack));
        for (int c = 0; c < 2; ++c) {
            const auto expected = reference(sound.channel(c), 4000, tone);
            for (int i = 0; i < 4000; ++i)
                CHECK(std::fabs(out.channel(c)[i] - expected[static_cast<std::size_t>(i)]) < 1e-6);
        }
    }
}

TEST(a_flat_tone_stack_touches_no_bit) {
    const AudioBuffer sound = noise(2, 2000, 0.5F);
    ToneStack stack;
    begin(stack, 2, {});
    CHECK(same_bits(played(sound, 64, through(stack)), sound));

    // Also once it has come back from elsewhere.
    AudioBuffer longer = noise(1, 30000, 0.5F);
    ToneStack moved;
    begin(moved, 1, {9.0F, 9.0F, 9.0F});
    const AudioBuffer out = played(longer, 64, through(moved), {{1000, [&] { turn(moved, {}); }}});
    CHECK(out.channel(0)[1500] != longer.channel(0)[1500]);
    CHECK(std::equal(out.channel(0) + 15000, out.channel(0) + 30000, longer.channel(0) + 15000));
}

TEST(tone_is_turned_without_a_click) {
    for (const auto& [frequency_hz, tone] :
         {std::pair{80.0, Tone{12.0F, 0.0F, 0.0F}}, std::pair{425.0, Tone{0.0F, 12.0F, 0.0F}},
          std::pair{5000.0, Tone{0.0F, 0.0F, 12.0F}}}) {
        const AudioBuffer sound = sine(frequency_hz, 10000);
        ToneStack loud;
        begin(loud, 1, tone);
        const double settled = sharpest(played(sound, 64, through(loud)));
        ToneStack turned;
        begin(turned, 1, {});
        const Turns turns{{3011, [&] { turn(turned, tone); }},
                          {6007, [&] { turn(turned, {-12.0F, -12.0F, -12.0F}); }}};
        CHECK(sharpest(played(sound, 64, through(turned), turns)) < settled + 1e-3);
        ToneStack jumped;
        begin(jumped, 1, {});
        const auto jump = [&] {
            turn(jumped, {-12.0F, -12.0F, -12.0F});
            jumped.jump();
        };
        if (frequency_hz < 1000.0) // as what does not ramp bends it
            CHECK(sharpest(played(sound, 64, through(jumped), {{3011, jump}})) > settled + 1e-2);
    }
}

TEST(however_a_stream_is_cut_tone_is_the_same) {
    const AudioBuffer sound = noise(2, 9000, 0.5F);
    AudioBuffer first;
    for (const int block : {512, 1, 7, 64, 480, 0}) {
        ToneStack stack;
        begin(stack, 2, {});
        const Turns turns{{1003, [&] { turn(stack, {6.0F, -3.0F, 12.0F}); }},
                          {1501, [&] { turn(stack, {6.0F, 9.0F, -12.0F}); }},
                          {3000, [&] { turn(stack, {}); }}};
        const AudioBuffer out = played(sound, block, through(stack), turns);
        if (block == 512)
            first = out;
        CHECK(same_bits(out, first));
    }
}

TEST(gains_are_held_within_their_range) {
    const AudioBuffer sound = noise(1, 2000, 0.5F);
    const auto with = [&](float bass_db) {
        ToneStack stack;
        begin(stack, 1, {bass_db, 0.0F, 0.0F});
        return played(sound, 64, through(stack));
    };
    CHECK(same_bits(with(90.0F), with(12.0F)));
    CHECK(same_bits(with(-90.0F), with(-12.0F)));
    CHECK(same_bits(with(std::numeric_limits<float>::quiet_NaN()), sound));
}

TEST(no_number_stays_in_a_tone_stack) {
    AudioBuffer sound = noise(1, 4000, 0.5F);
    AudioBuffer silenced = sound;
    sound.channel(0)[500] = std::numeric_limits<float>::quiet_NaN();
    sound.channel(0)[600] = std::numeric_limits<float>::infinity();
    sound.channel(0)[700] = -std::numeric_limits<float>::max();
    for (const int i : {500, 600, 700})
        silenced.channel(0)[i] = 0.0F;
    const auto with = [](const AudioBuffer& in) {
        ToneStack stack;
        begin(stack, 1, {6.0F, 6.0F, 6.0F});
        return played(in, 64, through(stack));
    };
    CHECK(same_bits(with(sound), with(silenced)));
}
