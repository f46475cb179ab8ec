// Forward and backward of each family, by each instruction set that the machine has: gradients
// against difference quotients, and the same bits from one thread and from two. What each option
// of a shape does to a gradient is tested from Python, against PyTorch.

#include "engine/families/wavenet/config.h"
#include "engine/kernels/instruction_sets.h"
#include "tests/check.h"
#include "tests/families/wavenet/random_wavenet.h"
#include "training/recurrent/network.h"
#include "training/wavenet/network.h"

#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

using tonecast::Json;
using tonecast::training::Batch;

namespace {

using Values = std::vector<float>;

constexpr int segments = 21; // fill no vectors
constexpr int samples = 150;
constexpr int warm_samples = 0; // through what that leaves there is no gradient

constexpr const char* recurrent =
    R"({"layers": [{"type": "lstm", "input_size": 2, "hidden_size": 5}, )"
    R"({"type": "gru", "input_size": 5, "hidden_size": 3}, )"
    R"({"type": "dense", "input_size": 3, "output_size": 2, "activation": "tanh"}, )"
    R"({"type": "dense", "input_size": 2, "output_size": 1, "activation": "none"}], )"
    R"("skip": true, "input_gain": 0.5, "output_gain": -2, "prewarm_samples": 0})";

std::size_t size(int count) {
    return static_cast<std::size_t>(count);
}

double product(const Values& a, const Values& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

template <typename Net>
struct Learner {
    Learner(const std::string& shape, int threads, std::string_view set)
        : net(Json::parse(shape), threads, set),
          sound(random_wavenet::noise(1, segments * samples, 0.5F)),
          conditions(random_wavenet::noise(2, segments * net.conditions(), 0.5F)) {}

    Batch batch() const { return {sound, conditions, segments, samples, warm_samples}; }

    Values play(const Values& weights) {
        Values out(size(segments * samples));
        net.play(weights, batch(), out);
        return out;
    }

    Values find_gradient(const Values& weights, const Values& of_output) {
        Values out(of_output.size());
        Values gradient(weights.size());
        net.forward(weights, batch(), out);
        net.backward(of_output, gradient);
        CHECK(out == play(weights));
        return gradient;
    }

    Net net;
    Values sound;
    Values conditions;
};

template <typename Net>
void check_family(const std::string& shape) {
    const Values of_output = random_wavenet::noise(3, segments * samples, 1.0F);
    for (const std::string_view set : tonecast::kernels::instruction_sets()) {
        Learner<Net> one(shape, 1, set);
        const Values weights = random_wavenet::noise(4, one.net.parameters(), 0.4F);
        const Values gradient = one.find_gradient(weights, of_output);
        CHECK(Learner<Net>(shape, 2, set).find_gradient(weights, of_output) == gradient);
        CHECK(one.find_gradient(weights, of_output) == gradient);

        // Along the gradient it is its own square that the output changes by; states that are begun
        // with have none.
        const auto step = static_cast<float>(1e-3 / std::sqrt(product(gradient, gradient)));
        Values above = weights;
        Values below = weights;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            above[i] += step * gradient[i];
            below[i] -= step * gradient[i];
        }
        const double found =
            product(one.play(above), of_output) - product(one.play(below), of_output);
        CHECK(std::abs(found / (2.0 * double{step} * product(gradient, gradient)) - 1.0) < 1e-2);
        CHECK_THROWS_WITH(one.net.backward(of_output, above), "call forward() first");
    }
}

} // namespace

TEST(recurrent_networks_learn) {
    check_family<tonecast::training::recurrent::Network>(recurrent);
}

TEST(wavenets_learn) {
    check_family<tonecast::training::wavenet::Network>(
        tonecast::wavenet::write(random_wavenet::a1(4)));
}

TEST(an_instruction_set_that_is_not_there_is_named) {
    CHECK_THROWS_WITH(tonecast::training::recurrent::Network(Json::parse(recurrent), 1, "mmx"),
                      "no training kernel named 'mmx'");
}
