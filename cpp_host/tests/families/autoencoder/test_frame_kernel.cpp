// Every instruction set that this machine has computes what the layers say. Nothing of the engine
// is needed, so that this also runs cross-compiled.

#include "engine/families/autoencoder/runnable.h"
#include "engine/signal/aligned_floats.h"
#include "tests/check.h"
#include "tests/families/autoencoder/random_network.h"

#include <cmath>
#include <cstdio>
#include <limits>

using namespace random_network;
using tonecast::AlignedFloats;

namespace {

constexpr Route routes[] = {Route::direct, Route::fft};

/// Hann-windowed noise, frame after frame.
Values frames(int count, float level, unsigned seed = 2) {
    std::mt19937 random(seed);
    Values samples = noise(random, count * frame_samples, level);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double turn = 2.0 * std::acos(-1.0) * static_cast<double>(i % frame_samples);
        samples[i] *= static_cast<float>(0.5 - 0.5 * std::cos(turn / frame_samples));
    }
    return samples;
}

class Player {
public:
    Player(const FrameKernel& kernel, const Network& network, int channels)
        : kernel_(kernel), channels_(channels), packed_(kernel.packed_bytes / sizeof(float)),
          scratch_(kernel.scratch_bytes / sizeof(float)),
          per_channel_(static_cast<std::size_t>(channels) * kernel.per_channel_bytes /
                       sizeof(float)) {
        kernel.pack(network.view(), packed_.span().data());
    }

    Values play(const float* frame, Route route) {
        Values out(static_cast<std::size_t>(channels_ * frame_samples));
        kernel_.run(packed_.span().data(), scratch_.span().data(), per_channel_.span().data(),
                    channels_, route, frame, out.data(), nullptr);
        return out;
    }

private:
    const FrameKernel& kernel_;
    int channels_;
    AlignedFloats packed_;
    AlignedFloats scratch_;
    AlignedFloats per_channel_;
};

/// The largest difference within the frame, in parts of its peak.
double difference(const Values& found, const std::vector<double>& wanted) {
    double largest = 0.0;
    double peak = 0.0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(found[i]) - wanted[i]));
        peak = std::max(peak, std::abs(wanted[i]));
    }
    return largest / peak;
}

} // namespace

TEST(every_instruction_set_computes_what_the_layers_say) {
    constexpr int count = 5;
    for (const bool is_cafx : {false, true}) {
        const Network network(is_cafx);
        const Values in = frames(count, 0.5F);
        std::vector<std::vector<double>> wanted;
        for (int i = 0; i < count; ++i)
            wanted.push_back(network.play(&in[static_cast<std::size_t>(i) * frame_samples]));
        for (const FrameKernel* kernel : runnable()) {
            Player player(*kernel, network, 1);
            for (const Route route : routes) {
                std::vector<double> differences;
                for (int i = 0; i < count; ++i)
                    differences.push_back(difference(
                        player.play(&in[static_cast<std::size_t>(i) * frame_samples], route),
                        wanted[static_cast<std::size_t>(i)]));
                std::sort(differences.begin(), differences.end());
                std::printf("%s, %s, %s: %.1e in the median frame, %.1e at most\n", kernel->name,
                            is_cafx ? "CAFx" : "CAE", route == Route::fft ? "fft" : "direct",
                            differences[count / 2], differences.back());
                CHECK(differences[count / 2] < 1e-5);
                // Two samples of a pool that nearly tie: rounding may keep the other one, on any
                // instruction set.
                CHECK(differences.back() < 0.2);
            }
        }
    }
}

TEST(a_channel_sounds_the_same_in_any_company) {
    const Network network(true);
    const Values in = frames(3, 0.5F);
    for (const FrameKernel* kernel : runnable()) {
        for (const Route route : routes) {
            Player three(*kernel, network, 3);
            three.play(frames(3, 0.9F, 7).data(), route); // what was before leaves no trace
            const Values together = three.play(in.data(), route);
            Player one(*kernel, network, 1);
            for (int c = 0; c < 3; ++c) {
                const Values alone =
                    one.play(&in[static_cast<std::size_t>(c) * frame_samples], route);
                CHECK(std::equal(alone.begin(), alone.end(), together.begin() + c * frame_samples));
            }
        }
    }
}

TEST(kernel_state_survives_non_finite_input) {
    const Network network(true);
    for (const float sample : {0.0F, 1e-30F, 1e30F, std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN()}) {
        const Values in(frame_samples, sample);
        for (const FrameKernel* kernel : runnable()) {
            for (const Route route : routes) {
                Player player(*kernel, network, 1);
                player.play(in.data(), route); // any output will do: this is for the sanitizers
                const Values after = player.play(frames(1, 0.5F).data(), route);
                CHECK(after == Player(*kernel, network, 1).play(frames(1, 0.5F).data(), route));
                if (sample == 0.0F)
                    for (const float silence : player.play(in.data(), route))
                        CHECK(std::isfinite(silence));
            }
        }
    }
}
