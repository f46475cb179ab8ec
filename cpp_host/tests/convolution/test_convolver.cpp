#include "engine/convolution/convolver.h"
#include "tests/chain/stage_streams.h"
#include "tests/check.h"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

using namespace stage_streams;
using tonecast::Convolver;

namespace {

std::function<void(AudioBuffer&, int)> through(Convolver& convolver) {
    return [&convolver](AudioBuffer& samples, int n) { convolver.process(samples, samples, n); };
}

/// One sample of the convolution, as it is defined.
double defined(const AudioBuffer& taps, const AudioBuffer& in, int channel, int at) {
    const float* const h = taps.channel(channel % taps.channels());
    double sum = 0.0;
    for (int k = 0; k < taps.samples() && k <= at; ++k)
        sum += static_cast<double>(h[k]) * in.channel(channel)[at - k];
    return sum;
}

} // namespace

TEST(a_convolver_convolves_without_latency) {
    // Lengths around those where the direct taps, and each size of blocks, begin and end.
    for (const int length : {1, 2, 127, 128, 129, 191, 192, 193, 1023, 1024, 1025, 1536, 8191, 8192,
                             8193, 12288, 12289, 20000}) {
        const AudioBuffer taps = noise(2, length, 1.0F / std::sqrt(static_cast<float>(length)), 7);
        const AudioBuffer sound = noise(2, 25000, 0.5F);
        Convolver convolver(taps, 2);
        const AudioBuffer out = played(sound, 480, through(convolver));
        for (int c = 0; c < 2; ++c)
            for (int i = 0; i < sound.samples(); i += i < 300 ? 1 : 97)
                CHECK(std::fabs(out.channel(c)[i] - defined(taps, sound, c, i)) < 2e-6);
    }
}

TEST(channels_take_turns_with_those_of_the_response) {
    for (const auto& [responses, channels] :
         {std::pair{1, 1}, std::pair{1, 2}, std::pair{2, 1}, std::pair{2, 3}, std::pair{1, 8}}) {
        const AudioBuffer taps = noise(responses, 1500, 0.02F, 7);
        const AudioBuffer sound = noise(channels, 4000, 0.5F);
        Convolver convolver(taps, channels);
        const AudioBuffer out = played(sound, 64, through(convolver));
        for (int c = 0; c < channels; ++c)
            for (int i = 0; i < 4000; i += 53)
                CHECK(std::fabs(out.channel(c)[i] - defined(taps, sound, c, i)) < 2e-6);
    }
}

TEST(ten_seconds_are_convolved_with) {
    // A few echoes, whose sum is short: the last sample of 10 s is one of them.
    constexpr int length = 10 * rate_hz;
    AudioBuffer taps;
    taps.resize(1, length);
    const std::vector<int> echoes{0, 100, 700, 5000, 9000, 123456, 400001, length - 1};
    for (const int echo : echoes)
        taps.channel(0)[echo] = 0.25F;
    const AudioBuffer sound = noise(1, length + 20000, 0.5F);
    Convolver convolver(taps, 1);
    const AudioBuffer out = played(sound, 480, through(convolver));
    for (int i = 0; i < sound.samples(); i += 61) {
        double sum = 0.0;
        for (const int echo : echoes)
            sum += i >= echo ? 0.25 * sound.channel(0)[i - echo] : 0.0;
        CHECK(std::fabs(out.channel(0)[i] - sum) < 2e-6);
    }
}

TEST(however_a_stream_is_cut_the_convolution_is_the_same) {
    const AudioBuffer taps = noise(2, 13000, 0.01F, 7);
    const AudioBuffer sound = noise(2, 30000, 0.5F);
    AudioBuffer first;
    for (const int block : {512, 1, 7, 64, 480, 0}) {
        Convolver convolver(taps, 2);
        const AudioBuffer out = played(sound, block, through(convolver));
        if (block == 512)
            first = out;
        CHECK(same_bits(out, first));
    }
}

TEST(a_reset_convolver_begins_anew) {
    const AudioBuffer taps = noise(1, 13000, 0.01F, 7);
    const AudioBuffer sound = noise(1, 30000, 0.5F);
    Convolver convolver(taps, 1);
    const AudioBuffer first = played(sound, 64, through(convolver));
    convolver.reset();
    CHECK(same_bits(played(sound, 480, through(convolver)), first));
}

TEST(what_is_no_audio_is_silence_to_a_convolver) {
    const AudioBuffer taps = noise(1, 3000, 0.01F, 7);
    AudioBuffer sound = noise(1, 9000, 0.5F);
    AudioBuffer silenced = sound;
    sound.channel(0)[500] = std::numeric_limits<float>::quiet_NaN();
    sound.channel(0)[600] = std::numeric_limits<float>::infinity();
    sound.channel(0)[700] = -std::numeric_limits<float>::max();
    for (const int i : {500, 600, 700})
        silenced.channel(0)[i] = 0.0F;
    Convolver a(taps, 1);
    Convolver b(taps, 1);
    CHECK(same_bits(played(sound, 64, through(a)), played(silenced, 64, through(b))));
}
