#pragma once

#include "engine/effect_file/graph_check/node_check.h"

namespace tonecast {

/// Keeps the value of a node's output where it is a small integer tensor that follows from
/// constants and shapes: exporters compute shapes of the number of channels so. Others stay
/// unknown.
void compute_integers(NodeCheck& node);

/// The same for operators that only move elements: output element i is input element `from[i]`.
void move_integers(NodeCheck& node, const std::vector<std::size_t>& from);

/// The same for operators that change the shape alone.
void keep_integers(NodeCheck& node);

} // namespace tonecast
