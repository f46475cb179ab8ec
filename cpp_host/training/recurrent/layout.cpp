#include "training/recurrent/layout.h"

#include <utility>

namespace tonecast::training::recurrent {

namespace {

constexpr std::ptrdiff_t line_floats = 16;

/// Hands out memory, line by line.
class Memory {
public:
    /// An odd number of cache lines a sample: those a power of two apart compete for the same
    /// places. With room for the sample before the first one.
    Rows rows(int count, int lanes) {
        const std::ptrdiff_t step = (lines(count * lanes) | 1) * line_floats;
        const Rows taken{floats_ + step, step};
        floats_ += (chunk_samples + 1) * step;
        return taken;
    }

    std::ptrdiff_t take(int floats) {
        return std::exchange(floats_, floats_ + lines(floats) * line_floats);
    }

    std::size_t floats() const { return static_cast<std::size_t>(floats_); }

private:
    static std::ptrdiff_t lines(int floats) { return (floats + line_floats - 1) / line_floats; }

    std::ptrdiff_t floats_ = 0;
};

} // namespace

Layout::Layout(const tonecast::recurrent::Recurrent& network, int lanes) {
    Memory tape;
    Memory gradients;
    Rows in = tape.rows(network.layers.front().input_size, lanes);
    Rows in_gradient;
    std::ptrdiff_t weights = 0;
    for (const tonecast::recurrent::Layer& layer : network.layers) {
        LayerPlan plan;
        plan.step = static_cast<Step>(layer.kind);
        plan.shape = static_cast<Shape>(layer.curve);
        plan.ins = layer.input_size;
        plan.outs = layer.output_size;
        plan.rows = (plan.step == Step::dense ? 1 : 4) * plan.outs;
        plan.hearing_rows = plan.step == Step::gru ? 3 * plan.outs : plan.rows;
        plan.hidden_rows = plan.step == Step::dense ? 0 : plan.hearing_rows;
        plan.in = in;
        plan.made = tape.rows(plan.rows, lanes);
        plan.out = tape.rows(plan.outs, lanes);
        plan.in_gradient = in_gradient;
        plan.out_gradient = gradients.rows(plan.outs, lanes);
        if (plan.step != Step::dense) {
            states_.push_back({plan.out, plan.outs});
            plan.carried = gradients.take(2 * plan.outs * lanes);
        }
        if (plan.step == Step::lstm) {
            plan.cell = tape.rows(plan.outs, lanes);
            plan.bent = tape.rows(plan.outs, lanes);
            states_.push_back({plan.cell, plan.outs});
        }
        in = plan.out;
        in_gradient = plan.out_gradient;
        plan.weights = weights;
        weights = plan.biases() + plan.rows;
        layers_.push_back(plan);
    }
    for (const State& state : states_)
        state_floats_ += static_cast<std::size_t>(state.count * lanes);
    tape_floats_ = tape.floats();
    gradient_floats_ = gradients.floats();
}

} // namespace tonecast::training::recurrent
