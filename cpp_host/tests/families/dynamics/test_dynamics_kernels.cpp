// The kernel computes what the equations say, whatever the cut. Nothing of the engine is needed, so
// that this also runs cross-compiled.

#include "engine/families/dynamics/kernel_network.h"
#include "tests/check.h"
#include "tests/families/dynamics/reference.h"
#include "tests/families/network_streams.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace network_streams;
using random_dynamics::make;
using tonecast::dynamics::KernelNetwork;
using tonecast::dynamics::Weights;

namespace {

/// Whole groups of taps and others, one path and several.
std::vector<Weights> networks() {
    std::mt19937 random(1);
    std::vector<Weights> all;
    for (const int taps : {1, 2, 4, 31, 512})
        for (const int paths : {1, 2, 3, 8})
            for (const bool reduces_above : {true, false})
                all.push_back(make(random, taps, paths, reduces_above));
    return all;
}

/// Noise that rises and falls.
std::vector<float> sound(int samples, unsigned seed = 1) {
    std::vector<float> made = noise(samples, seed);
    for (std::size_t i = 0; i < made.size(); ++i)
        made[i] *= i / 300 % 3 == 0 ? 1.0F : i / 300 % 3 == 1 ? 0.02F : 0.0F;
    return made;
}

} // namespace

TEST(dynamics_compute_what_the_equations_say) {
    const std::vector<float> in = sound(3000);
    double worst = 0.0;
    for (const Weights& weights : networks()) {
        const std::vector<double> wanted = random_dynamics::play(weights, in);
        const std::vector<float> found =
            play(*KernelNetwork::make(weights, 1)->make_stream(1), in, 100);
        double peak = 0.0;
        double largest = 0.0;
        for (std::size_t i = 0; i < in.size(); ++i) {
            peak = std::max(peak, std::abs(wanted[i]));
            largest = std::max(largest, std::abs(static_cast<double>(found[i]) - wanted[i]));
        }
        CHECK(std::isfinite(peak));
        worst = std::max(worst, largest / peak);
    }
    std::printf("dynamics: %.1e of the peak\n", worst);
    CHECK(worst < 1e-5);
}

TEST(cuts_and_company_change_no_bit_of_dynamics) {
    const std::vector<float> in = sound(4000);
    for (const Weights& weights : networks())
        for (const int oversampling : {1, 3}) {
            const auto network = KernelNetwork::make(weights, oversampling);
            const auto stream = network->make_stream(1);
            const std::vector<float> whole = play(*stream, in, 4000);
            for (const int block : {1, 7, 64, 65, 1500}) {
                stream->reset();
                CHECK(play(*stream, in, block) == whole);
            }
            const std::vector<std::vector<float>> others{sound(4000, 2), in};
            CHECK(play_all(*network->make_stream(2), others, 100)[1] == whole);
            std::vector<float> in_place = in;
            float* const block = in_place.data();
            network->make_stream(1)->process(&block, {}, &block, 4000);
            CHECK(in_place == whole);
        }
}

TEST(oversampled_dynamics_play_interleaved_streams) {
    const std::vector<float> in = sound(3000);
    for (const Weights& weights : networks()) {
        const std::vector<float> found =
            play(*KernelNetwork::make(weights, 3)->make_stream(1), in, 100);
        for (std::size_t phase = 0; phase < 3; ++phase) {
            std::vector<float> own;
            for (std::size_t i = phase; i < in.size(); i += 3)
                own.push_back(in[i]);
            const std::vector<float> wanted =
                play(*KernelNetwork::make(weights, 1)->make_stream(1), own, 100);
            for (std::size_t i = 0; i < wanted.size(); ++i)
                CHECK(found[3 * i + phase] == wanted[i]);
        }
    }
}

TEST(silence_changes_no_bit_of_what_dynamics_play_after_it) {
    const std::vector<float> in = sound(1000);
    for (const Weights& weights : networks()) {
        const auto stream = KernelNetwork::make(weights, 1)->make_stream(1);
        const std::vector<float> at_once = play(*stream, in, 64);
        stream->reset();
        play(*stream, std::vector<float>(2000), 64);
        CHECK(play(*stream, in, 64) == at_once);
    }
}
