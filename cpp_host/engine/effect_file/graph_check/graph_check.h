#pragma once

#include "engine/effect_file/graph_check/known_tensor.h"
#include "engine/effect_file/onnx_graph.h"

#include <map>
#include <optional>
#include <string>

namespace tonecast {

/// Makes sure that a graph can be computed, for `channels`, or for every number of them that is
/// played, before ONNX Runtime sees it: that dies of some graphs which do not fit their operators.
///
/// Every node must fit its operator's signature and shapes, names must be made before they are used
/// and only once, outputs must have the shapes that the graph promises, and what is computed while
/// loading and for a frame must stay within bounds. Throws Error.
void check_graph(const OnnxGraph& graph, std::optional<int> channels);

/// What is known of every tensor, by name, with so many channels. Throws Error as check_graph()
/// does.
std::map<std::string, KnownTensor> infer_shapes(const OnnxGraph& graph, std::int64_t channels);

} // namespace tonecast
