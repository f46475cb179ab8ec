#include "engine/captures/probe.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace tonecast::captures {

namespace {

constexpr float click = 1e-3F;        // −60 dBFS
constexpr std::size_t samples = 2048; // captures of pedals answer within 40 ms

std::vector<float> play(NetworkStream& stream, const std::vector<float>& in,
                        const std::vector<float>& conditions) {
    std::vector<float> out(in.size());
    const std::array<const float*, 1> ins{in.data()};
    const std::array<float*, 1> outs{out.data()};
    stream.reset();
    stream.process(ins.data(), conditions, outs.data(), static_cast<int>(in.size()));
    return out;
}

} // namespace

Click probe(const Network& network) {
    const auto stream = network.make_stream(1);
    const std::vector<float> conditions(static_cast<std::size_t>(network.conditions()), 0.5F);
    std::vector<float> in(samples);
    const std::vector<float> rest = play(*stream, in, conditions);
    in[0] = click;
    const std::vector<float> answer = play(*stream, in, conditions);
    Click found;
    float largest = 0.0F;
    for (std::size_t i = 0; i < samples; ++i) {
        const float difference = answer[i] - rest[i];
        if (std::fabs(difference) > largest) {
            largest = std::fabs(difference);
            found = {static_cast<int>(i), difference < 0.0F};
        }
    }
    return found;
}

} // namespace tonecast::captures
