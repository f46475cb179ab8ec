// Every instruction set that this machine has computes what the layers say, whatever the cut.
// Nothing of the engine is needed, so that this also runs cross-compiled.

#include "tests/check.h"
#include "tests/families/network_streams.h"
#include "tests/families/wavenet/reference.h"
#include "tests/families/wavenet/streams.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>
#include <span>

using namespace random_wavenet;
using namespace tonecast::wavenet;
using namespace wavenet_streams;

namespace {

constexpr int networks = 60;

/// The largest difference in parts of the output's peak, over `in` after silence.
template <typename Shape>
double difference(const Shape& network, const Kernel& kernel, const std::vector<float>& in,
                  int silence) {
    RandomWeights weights;
    const auto loaded =
        KernelNetwork::make(plan(network, weights, PlanBuilder(kernel.most_outs, 1)), kernel);
    const auto stream = loaded->make_stream(1);
    const std::vector<float> found = play(*stream, in, 100);
    reference::Samples padded(static_cast<std::size_t>(silence));
    padded.insert(padded.end(), in.begin(), in.end());
    const reference::Samples wanted = reference::play(network, weights, {padded}).front();
    double largest = 0.0;
    double peak = 0.0;
    for (std::size_t t = 0; t < in.size(); ++t) {
        const double sample = wanted[t + static_cast<std::size_t>(silence)];
        largest = std::max(largest, std::abs(static_cast<double>(found[t]) - sample));
        peak = std::max(peak, std::abs(sample));
    }
    CHECK(std::isfinite(peak) && peak > 1e-3); // otherwise this compares nothing
    return largest / peak;
}

/// Which of the options a network has.
void add_options(const WaveNet& network, std::set<std::string>& options) {
    if (network.condition) {
        options.insert("condition");
        add_options(*network.condition, options);
    }
    if (network.head)
        options.insert("post head");
    for (const LayerArray& array : network.arrays) {
        options.insert("channels " + std::to_string(array.channels));
        options.insert(array.layer1x1 ? "layer1x1" : "no layer1x1");
        options.insert(array.head1x1 ? "head1x1" : "no head1x1");
        options.insert(array.bottleneck == array.channels ? "no bottleneck" : "bottleneck");
        options.insert(array.groups_input > 1 ? "groups input" : "one group");
        options.insert(array.groups_mixin > 1 ? "groups mixin" : "one group");
        if (array.layer1x1 && array.layer1x1->groups > 1)
            options.insert("groups layer1x1");
        if (array.head1x1 && array.head1x1->groups > 1)
            options.insert("groups head1x1");
        options.insert(array.head.kernel_size > 1 ? "long head" : "short head");
        for (std::size_t i = 0; i < film_places; ++i)
            if (array.films[i])
                options.insert(film_names[i] +
                               std::string(array.films[i]->shift ? " shifts" : " no shift"));
        for (const Layer& layer : array.layers) {
            options.insert("gating " + std::to_string(static_cast<int>(layer.gating)));
            options.insert("curve " + std::to_string(static_cast<int>(layer.activation.curve)));
            if (layer.gating != Gating::none)
                options.insert("gate curve " +
                               std::to_string(static_cast<int>(layer.gate_activation.curve)));
            if (layer.activation.slopes.size() > 1)
                options.insert("slope of its own");
            options.insert("kernel " + std::to_string(layer.kernel_size));
        }
    }
}

} // namespace

TEST(the_random_networks_have_every_option) {
    std::set<std::string> options;
    for (unsigned seed = 1; seed <= networks; ++seed)
        add_options(random_network(seed), options);
    constexpr int channels = 17;
    constexpr int kernels = 16;
    constexpr int curves = 10;
    constexpr int gatings = 3;
    constexpr int others = 16; // condition … slope of its own
    CHECK(options.size() == channels + kernels + 2 * curves + gatings + 2 * film_places + others);
}

TEST(every_instruction_set_computes_what_the_layers_of_a_wavenet_say) {
    const std::vector<float> in = noise(7, 300, 0.5F);
    for (const Kernel* kernel : runnable()) {
        double worst = 0.0;
        for (unsigned seed = 1; seed <= networks; ++seed) {
            const WaveNet network = random_network(seed);
            const double found = difference(network, *kernel, in, receptive_field_samples(network));
            if (!(found <= 1e-5))
                std::printf("%s, network %u: %.1e\n", kernel->name, seed, found);
            CHECK(found <= 1e-5);
            worst = std::max(worst, found);
        }
        for (const WaveNet& network : {a1(8), a2(8), a2(3)})
            worst =
                std::max(worst, difference(network, *kernel, in, receptive_field_samples(network)));
        CHECK(worst <= 1e-5);
        std::printf("%s, wavenet: %.1e of the peak\n", kernel->name, worst);
    }
}

TEST(every_instruction_set_computes_what_convnets_and_linear_ones_say) {
    const std::vector<float> in = noise(7, 300, 0.5F);
    std::mt19937 random(3);
    for (const Kernel* kernel : runnable()) {
        for (int channels = 1; channels <= 17; ++channels) {
            const ConvNet network{channels, {1, 2, 40, 3}, 1, random_activation(random, channels)};
            CHECK(difference(network, *kernel, in, receptive_field_samples(network)) <= 1e-5);
        }
        for (const int taps : {1, 2, 63, 64, 65, 500})
            CHECK(difference(Linear{taps, taps % 2 == 1}, *kernel, in, taps) <= 1e-5);
    }
}

TEST(any_cut_of_a_wavenet_gives_the_same_bits) {
    const std::vector<float> in = noise(8, 1500, 0.8F);
    std::mt19937 random(5);
    for (const Kernel* kernel : runnable()) {
        const auto expect_same = [&](const WaveNet& network) {
            const auto loaded = load(network, *kernel);
            const auto stream = loaded->make_stream(1);
            const std::vector<float> wanted = play(*stream, in);
            for (const int block : {1, 7, 64, 480}) {
                stream->reset();
                CHECK(play(*stream, in, block) == wanted);
            }
            stream->reset();
            CHECK(play(*stream, Channels{in}, [&] {
                      return static_cast<int>(random() % 150U); // also none at all
                  }).front() == wanted);
        };
        for (unsigned seed = 1; seed <= 20; ++seed)
            expect_same(random_network(seed));
        expect_same(a2(8));
        expect_same(a1(4));
    }
}

TEST(a_channel_of_a_wavenet_sounds_the_same_in_any_company) {
    const Channels in{noise(8, 300, 0.8F), noise(9, 300, 0.2F), noise(10, 300, 1.0F)};
    for (const Kernel* kernel : runnable())
        for (unsigned seed = 1; seed <= 10; ++seed) {
            const auto loaded = load(random_network(seed), *kernel);
            const auto three = loaded->make_stream(3);
            const Channels together = play(*three, in, [] { return 50; });
            for (std::size_t c = 0; c < in.size(); ++c)
                CHECK(play(*loaded->make_stream(1), in[c]) == together[c]);
        }
}

TEST(a_wavenet_begins_as_if_silence_had_been_there_for_ever) {
    const std::vector<float> in = noise(8, 200, 0.8F);
    for (const Kernel* kernel : runnable())
        for (unsigned seed = 1; seed <= 30; ++seed) {
            const auto loaded = load(random_network(seed), *kernel);
            const auto stream = loaded->make_stream(1);
            const std::vector<float> wanted = play(*stream, in);
            const auto silent =
                static_cast<std::size_t>(loaded->prewarm_samples()); // after noise, none is left
            const std::vector<float> rest = play(*stream, std::vector<float>(silent + 100));
            CHECK(std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(silent), rest.end(),
                              [&](float sample) { return sample == rest.back(); }));
            CHECK(play(*stream, in) == wanted);
            stream->reset();
            CHECK(play(*stream, in) == wanted);
        }
}

TEST(a_wavenet_with_zero_padding_begins_with_zeros_in_every_convolution) {
    const std::vector<float> in = noise(8, 200, 0.8F);
    const reference::Rows rows{reference::Samples(in.begin(), in.end())};
    for (const Kernel* kernel : runnable()) {
        int others = 0; // than those that silence leaves; all but a few without a past
        for (unsigned seed = 1; seed <= 30; ++seed) {
            WaveNet network = random_network(seed);
            const std::vector<float> silent = play(*load(network, *kernel)->make_stream(1), in);
            network.zero_padding = true;
            RandomWeights weights;
            const auto loaded = KernelNetwork::make(
                plan(network, weights, PlanBuilder(kernel->most_outs, 1)), *kernel);
            const auto stream = loaded->make_stream(1);
            const std::vector<float> found = play(*stream, in);
            const reference::Samples wanted = reference::play(network, weights, rows).front();
            double peak = 0.0;
            double largest = 0.0;
            for (std::size_t t = 0; t < in.size(); ++t) {
                peak = std::max(peak, std::abs(wanted[t]));
                largest = std::max(largest, std::abs(static_cast<double>(found[t]) - wanted[t]));
            }
            CHECK(peak > 1e-3 && largest <= 1e-5 * peak);
            others += found != silent ? 1 : 0;
            stream->reset();
            CHECK(play(*stream, in) == found);
        }
        CHECK(others >= 20);
    }
}

TEST(every_layer_of_a_wavenet_hears_its_conditions) {
    const std::vector<float> in = noise(7, 300, 0.5F);
    const std::vector<float> knobs{0.9F, 0.0F, 0.3F};
    for (const Kernel* kernel : runnable())
        for (unsigned seed = 1; seed <= 30; ++seed) {
            const int count = 1 + static_cast<int>(seed % 3);
            const WaveNet network = random_network(seed, count);
            RandomWeights weights;
            const auto loaded = KernelNetwork::make(
                plan(network, weights, PlanBuilder(kernel->most_outs, 1)), *kernel);
            CHECK(loaded->conditions() == count);
            const auto stream = loaded->make_stream(1);
            const std::span<const float> conditions(knobs.data(), static_cast<std::size_t>(count));
            const std::vector<float> found = network_streams::play(*stream, in, 100, conditions);
            stream->reset();
            CHECK(network_streams::play(*stream, in, 7, conditions) == found); // any cut

            // Until they are set they stood in the middle.
            const auto silent = static_cast<std::size_t>(receptive_field_samples(network));
            reference::Rows rows(1 + conditions.size(), reference::Samples(silent, 0.5));
            std::ranges::fill(rows.front(), 0.0);
            rows.front().insert(rows.front().end(), in.begin(), in.end());
            for (std::size_t i = 0; i < conditions.size(); ++i)
                rows[1 + i].resize(silent + in.size(), static_cast<double>(conditions[i]));
            const reference::Samples wanted = reference::play(network, weights, rows).front();
            double peak = 0.0;
            double largest = 0.0;
            for (std::size_t t = 0; t < in.size(); ++t) {
                peak = std::max(peak, std::abs(wanted[silent + t]));
                largest =
                    std::max(largest, std::abs(static_cast<double>(found[t]) - wanted[silent + t]));
            }
            CHECK(peak > 1e-3 && largest <= 1e-5 * peak);
            stream->reset(); // and they are heard
            CHECK(network_streams::play(*stream, in, 100, std::vector<float>(3, 0.5F)) != found);
        }
}

TEST(an_oversampled_wavenet_is_as_many_interleaved_ones) {
    constexpr std::size_t times = 3;
    const std::vector<float> in = noise(8, 600, 0.8F);
    for (const Kernel* kernel : runnable())
        for (unsigned seed = 1; seed <= 20; ++seed) {
            const WaveNet network = random_network(seed);
            const auto fast = load(network, *kernel, times);
            const std::vector<float> found = play(*fast->make_stream(1), in);
            const auto stream = load(network, *kernel)->make_stream(1);
            CHECK(fast->prewarm_samples() ==
                  static_cast<int>(times) * (receptive_field_samples(network) - 1) + 1);
            for (std::size_t phase = 0; phase < times; ++phase) {
                std::vector<float> part_in;
                std::vector<float> part_found;
                for (std::size_t t = phase; t < in.size(); t += times) {
                    part_in.push_back(in[t]);
                    part_found.push_back(found[t]);
                }
                stream->reset();
                CHECK(play(*stream, part_in) == part_found);
            }
        }
}

TEST(what_is_not_a_number_stays_so_until_it_is_forgotten) {
    for (const Kernel* kernel : runnable())
        for (const Curve curve :
             {Curve::tanh, Curve::hard_tanh, Curve::relu, Curve::leaky_relu, Curve::sigmoid,
              Curve::silu, Curve::hard_swish, Curve::leaky_hard_tanh, Curve::softsign}) {
            const ConvNet network{5, {1, 2, 4}, 1, {curve, {0.1F}}};
            const auto stream = load(network, *kernel)->make_stream(1);
            const std::vector<float> rest = play(*stream, std::vector<float>(20));
            std::vector<float> in(20);
            in[3] = std::numeric_limits<float>::quiet_NaN();
            const std::vector<float> out = play(*stream, in);
            CHECK(std::isnan(out[3]));
            CHECK(out.back() == rest.back());
        }
}

TEST(large_and_small_samples_stay_finite) {
    for (const Kernel* kernel : runnable())
        for (const float sample : {0.0F, 1e-30F, -1e-38F, 1e6F, -1e15F})
            for (const Curve curve : {Curve::tanh, Curve::sigmoid, Curve::silu, Curve::softsign}) {
                const ConvNet network{9, {1, 2}, 1, {curve, {}}};
                const auto stream = load(network, *kernel)->make_stream(1);
                for (const float y : play(*stream, std::vector<float>(70, sample)))
                    CHECK(std::isfinite(y));
            }
}
