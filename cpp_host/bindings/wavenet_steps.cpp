#include "bindings/wavenet_steps.h"

#include "engine/effect_file/json.h"
#include "engine/error.h"
#include "engine/families/wavenet/kernel_network.h"
#include "engine/families/wavenet/load.h"
#include "engine/signal/aligned_floats.h"
#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <random>

namespace tonecast {

namespace {

using wavenet::chunk_samples;
using wavenet::Plan;
using wavenet::Step;
using wavenet::StepKind;

class RandomWeights : public WeightSource {
public:
    std::vector<float> take(const std::string& /*name*/,
                            std::initializer_list<std::size_t> shape) override {
        std::size_t count = 1;
        for (const std::size_t size : shape)
            count *= size;
        const float size = 1.0F / std::sqrt(static_cast<float>(count / *shape.begin()));
        std::vector<float> values(count);
        for (float& value : values)
            value = size * (static_cast<float>(random_()) / 2147483648.0F - 1.0F);
        return values;
    }

private:
    std::mt19937 random_;
};

std::string describe(const Plan& plan, const Step& step) {
    switch (step.kind) {
    case StepKind::convolve:
        return plan.convolutions[static_cast<std::size_t>(step.index)].taps > 1 ? "convolution"
                                                                                : "1×1";
    case StepKind::shape:
        return "activation";
    case StepKind::modulate:
        return "modulation";
    case StepKind::gate:
    case StepKind::count:
        break;
    }
    return "gate";
}

/// Products and sums of a chunk.
double flops(const Plan& plan, const Step& step) {
    if (step.kind != StepKind::convolve)
        return 0.0;
    const auto& convolution = plan.convolutions[static_cast<std::size_t>(step.index)];
    const auto products = [&](int i, int taps) {
        const auto& tile = plan.tiles[static_cast<std::size_t>(convolution.first_tile + i)];
        return tile.outs * (tile.ins * taps + tile.mixes);
    };
    double sum = convolution.passed.exists() ? products(1, 1) : 0.0;
    for (int i = 0; i < convolution.tiles; ++i)
        sum += products(i, convolution.taps);
    return 2.0 * chunk_samples * sum;
}

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double now_us() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::micro>(now).count();
}

} // namespace

std::vector<std::tuple<std::string, double, double>>
wavenet_steps(const std::string& network, const std::string& instruction_set, int chunks) {
    if (chunks < 1)
        throw Error("at least one chunk has to be measured");
    RandomWeights weights;
    const auto loaded = std::dynamic_pointer_cast<const wavenet::KernelNetwork>(wavenet::load(
        "wavenet", Json::parse(network), weights, {.instruction_set = instruction_set}));
    const Plan& plan = loaded->plan();
    const AlignedFloats memory(static_cast<std::size_t>(plan.memory_floats));
    std::vector<int> at(plan.rings.size());
    std::vector<std::vector<double>> took_us(plan.steps.size() + 1);
    const FlushDenormals while_running;
    for (int chunk = 0; chunk < chunks; ++chunk) {
        for (int i = 0; i < chunk_samples; ++i)
            memory.span()[static_cast<std::size_t>(plan.input.offset + i)] =
                std::sin(0.05F * static_cast<float>(chunk * chunk_samples + i));
        // The last turn plays nothing: it is what looking at the clock takes.
        for (std::size_t i = 0; i < took_us.size(); ++i) {
            const int first = static_cast<int>(i);
            const int last = std::min(first + 1, static_cast<int>(plan.steps.size()));
            const double start_us = now_us();
            loaded->kernel().run(plan.view(), first, last, memory.span().data(),
                                 memory.span().size(), 1, at.data(), chunk_samples);
            took_us[i].push_back(now_us() - start_us);
        }
        for (std::size_t i = 0; i < at.size(); ++i)
            at[i] = (at[i] + chunk_samples) % plan.rings[i].length;
    }
    const double clock_us = median(took_us.back());
    std::vector<std::tuple<std::string, double, double>> steps;
    for (std::size_t i = 0; i < plan.steps.size(); ++i)
        steps.emplace_back(describe(plan, plan.steps[i]), flops(plan, plan.steps[i]),
                           std::max(0.0, median(took_us[i]) - clock_us));
    return steps;
}

} // namespace tonecast
