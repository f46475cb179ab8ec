// Every instruction set that this machine has computes what the layers say, whatever the cut.
// Nothing of the engine is needed, so that this also runs cross-compiled.

#include "engine/families/recurrent/runnable.h"
#include "tests/check.h"
#include "tests/families/network_streams.h"
#include "tests/families/recurrent/reference.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

using namespace network_streams;
using namespace random_recurrent;
using tonecast::recurrent::Kernel;
using tonecast::recurrent::KernelNetwork;
using tonecast::recurrent::runnable;

namespace {

/// All widths that a tile, and several of them, can have, layers on layers, and other inputs.
std::vector<Network> networks() {
    std::mt19937 random(1);
    std::vector<Network> all;
    int i = 0;
    for (const int width : {1, 3, 8, 12, 16, 17, 20, 32, 40, 47, 64, 80})
        for (const Step step : {Step::lstm, Step::gru})
            all.push_back(make(random, i++ % 3, {step}, {width}));
    all.push_back(make(random, 0, {Step::lstm, Step::lstm}, {16, 16}));
    all.push_back(make(random, 0, {Step::gru, Step::lstm, Step::gru}, {7, 33, 24}));
    all.push_back(make(random, 2, {Step::dense, Step::gru, Step::dense}, {8, 8, 20}));
    for (int shape = 0; shape < 12; ++shape)
        all.push_back(make(random, 0, {Step::dense, Step::dense, Step::lstm}, {9, 18, 5}));
    return all;
}

const std::vector<float> knobs{0.3F, 0.8F};

std::vector<float> conditions_of(const Network& network) {
    return {knobs.begin(), knobs.begin() + network.frame.conditions};
}

std::shared_ptr<const KernelNetwork> load(const Network& network, const Kernel& kernel,
                                          int oversampling = 1) {
    return KernelNetwork::make(network.layers, network.frame, kernel, oversampling);
}

/// In blocks of any size, none among them.
std::vector<float> play_cut(tonecast::NetworkStream& stream, const std::vector<float>& in,
                            const std::vector<float>& conditions) {
    std::mt19937 random(5);
    std::vector<float> out = in;
    for (std::size_t at = 0; at < in.size();) {
        const std::size_t n = std::min<std::size_t>(random() % 150U, in.size() - at);
        float* const block = out.data() + at;
        stream.process(&block, conditions, &block, static_cast<int>(n)); // in place
        at += n;
    }
    return out;
}

} // namespace

TEST(recurrent_kernels_compute_what_the_layers_say) {
    const std::vector<float> in = noise(700);
    std::map<std::string, double> differences;
    for (const Network& network : networks()) {
        // After silence, with the knobs in the middle, as a stream begins.
        std::vector<float> all(static_cast<std::size_t>(network.frame.prewarm_samples));
        const std::vector<double> before =
            play(network, all, std::vector<float>(conditions_of(network).size(), 0.5F));
        CHECK(std::isfinite(before.back()));
        Network unwarmed = network;
        unwarmed.frame.prewarm_samples = 0;
        const std::vector<double> wanted = play(unwarmed, in, conditions_of(network));
        double peak = 0.0;
        for (const double sample : wanted)
            peak = std::max(peak, std::abs(sample));
        CHECK(peak > 0.05);
        for (const Kernel* kernel : runnable()) {
            const auto loaded = load(unwarmed, *kernel);
            const std::vector<float> found =
                play(*loaded->make_stream(1), in, 100, conditions_of(network));
            double largest = 0.0;
            for (std::size_t i = 0; i < in.size(); ++i)
                largest = std::max(largest, std::abs(static_cast<double>(found[i]) - wanted[i]));
            CHECK(largest <= 1e-5 * std::max(1.0, peak));
            differences[kernel->name] = std::max(differences[kernel->name], largest / peak);
        }
    }
    for (const auto& [name, difference] : differences)
        std::printf("%s, recurrent: %.1e of the peak\n", name.c_str(), difference);
}

TEST(a_recurrent_stream_begins_as_if_silence_had_always_been_there) {
    for (const Network& network : networks())
        for (const Kernel* kernel : runnable()) {
            const auto with = load(network, *kernel);
            Network cold = network;
            cold.frame.prewarm_samples = 0;
            const auto without = load(cold, *kernel);
            const std::vector<float> middle(conditions_of(network).size(), 0.5F);
            std::vector<float> padded(static_cast<std::size_t>(network.frame.prewarm_samples));
            const std::vector<float> in = noise(200);
            padded.insert(padded.end(), in.begin(), in.end());
            const std::vector<float> all = play(*without->make_stream(1), padded, 64, middle);
            const auto stream = with->make_stream(1);
            const std::vector<float> found = play(*stream, in, 64, middle);
            CHECK(std::equal(found.begin(), found.end(),
                             all.end() - static_cast<std::ptrdiff_t>(in.size())));
            stream->reset();
            CHECK(play(*stream, in, 7, middle) == found);
        }
}

TEST(cuts_and_company_change_no_bit_of_a_recurrent_network) {
    const std::vector<float> in = noise(1000);
    for (const Network& network : networks())
        for (const Kernel* kernel : runnable())
            for (const int oversampling : {1, 3}) {
                const auto loaded = load(network, *kernel, oversampling);
                const auto knobs_now = conditions_of(network);
                const auto whole = play(*loaded->make_stream(1), in, 1000, knobs_now);
                for (const int block : {1, 7, 64, 65, 480})
                    CHECK(play(*loaded->make_stream(1), in, block, knobs_now) == whole);
                CHECK(play_cut(*loaded->make_stream(1), in, knobs_now) == whole);
                const std::vector<std::vector<float>> others{noise(1000, 2), in, noise(1000, 3)};
                const auto company = play_all(*loaded->make_stream(3), others, 100, knobs_now);
                for (std::size_t c = 0; c < others.size(); ++c)
                    CHECK(company[c] == play(*loaded->make_stream(1), others[c], 64, knobs_now));
            }
}

TEST(oversampled_it_plays_interleaved_streams) {
    const std::vector<float> in = noise(900);
    for (const Network& network : networks())
        for (const Kernel* kernel : runnable()) {
            const auto knobs_now = conditions_of(network);
            const auto found = play(*load(network, *kernel, 3)->make_stream(1), in, 100, knobs_now);
            for (std::size_t phase = 0; phase < 3; ++phase) {
                std::vector<float> own;
                for (std::size_t i = phase; i < in.size(); i += 3)
                    own.push_back(in[i]);
                const auto wanted =
                    play(*load(network, *kernel)->make_stream(1), own, 100, knobs_now);
                for (std::size_t i = 0; i < wanted.size(); ++i)
                    CHECK(found[3 * i + phase] == wanted[i]);
            }
        }
}
