#include "engine/effect_file/graph_check/rules/rules.h"

#include <utility>

namespace tonecast::rules {

namespace {

/// `gates`: matrices in W and R; `activations`: functions for each direction.
void recurrent(NodeCheck& node, std::int64_t gates, std::size_t activations) {
    node.require(node.rank(0) == 3, "its input X must have the axes time, batch and features");
    const TensorShape& x = node.shape(0);
    const std::int64_t hidden = node.integer("hidden_size", 0);
    const std::int64_t directions = node.text("direction", "forward") == "bidirectional" ? 2 : 1;
    const std::int64_t rows = gates * hidden;
    node.require(node.shape(1) == TensorShape{directions, rows, x[2]} &&
                     node.shape(2) == TensorShape{directions, rows, hidden},
                 "its weights do not fit its input, direction and hidden_size");
    node.require(!node.has(3) || node.shape(3) == TensorShape{directions, 2 * rows},
                 "its biases do not fit its direction and hidden_size");
    node.require(!node.has(4), "its sequences must be of one length, without sequence_lens");
    const TensorShape state{directions, x[1], hidden};
    for (const std::size_t i : {5, 6})
        node.require(!node.has(i) || node.shape(i) == state,
                     "its first state does not fit its input, direction and hidden_size");
    node.require(!node.has(7) || node.shape(7) == TensorShape{directions, 3 * hidden},
                 "its peepholes do not fit its direction and hidden_size");
    if (const auto* chosen = node.attribute("activations"))
        node.require(chosen->texts.size() == activations * static_cast<std::size_t>(directions),
                     "its activations are not as many as it needs");
    const auto times = static_cast<double>(directions * rows) * static_cast<double>(x[0] * x[1]);
    node.cost(times * static_cast<double>(x[2] + hidden + 64) +
                  4096.0 * static_cast<double>(directions * x[0]),
              16.0 * times);
    node.set(0, {x[0], directions, x[1], hidden});
    node.set(1, state);
    node.set(2, state);
}

} // namespace

void rnn(NodeCheck& node) {
    recurrent(node, 1, 1);
}

void gru(NodeCheck& node) {
    recurrent(node, 3, 2);
}

void lstm(NodeCheck& node) {
    recurrent(node, 4, 3);
}

} // namespace tonecast::rules
