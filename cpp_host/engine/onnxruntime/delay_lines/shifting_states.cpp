#include "engine/onnxruntime/delay_lines/shifting_states.h"

#include "engine/effect_file/graph_check/graph_check.h"
#include "engine/effect_file/onnx_graph.h"
#include "engine/onnxruntime/delay_lines/graph_edits.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace tonecast {

namespace {

using Node = OnnxGraph::Node;

/// A state that only shifts, and the nodes that make it do so.
struct ShiftingState {
    Taps taps;
    std::size_t join = 0; // the frame, behind the past
    std::size_t last = 0; // the next state, of that
    std::size_t reader = 0;
    std::string_view past; // tensors
    std::string_view frame;
    bool is_delay = false; // is read by a delay, which needs nothing of the frame

    bool operator==(const ShiftingState&) const = default;
};

/// Finds them in a graph with so many channels.
class Finder {
public:
    Finder(const OnnxGraph& graph, std::int64_t channels)
        : graph_(graph), tensors_(infer_shapes(graph, channels)) {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i)
            for (const std::string_view name : graph.nodes[i].inputs)
                users_[name].push_back(i);
        for (const auto& output : graph.outputs)
            users_[output.name].push_back(no_node);
    }

    std::optional<ShiftingState> find(const StateTensor& state) const {
        ShiftingState found;
        found.past = behind_copies(state.name);
        const auto join = only_user(found.past);
        if (!join || !is_join(node(*join), found.past))
            return {};
        found.join = *join;
        found.frame = node(*join).inputs[1];
        const std::string_view joined = node(*join).outputs[0];
        const auto of_both = users_.find(joined);
        if (of_both == users_.end() || of_both->second.size() != 2)
            return {};
        found.last = of_both->second[0];
        found.reader = of_both->second[1];
        if (found.last == no_node || found.reader == no_node)
            return {};
        if (!is_last(found.last, state))
            std::swap(found.last, found.reader);
        if (!is_last(found.last, state))
            return {};
        const auto elements = static_cast<std::size_t>(state.shape.back());
        found.taps.frame = static_cast<std::size_t>(length(joined)) - elements;
        found.is_delay = is_delay(node(found.reader), found.taps.frame, elements);
        if (found.is_delay)
            found.taps.delays = {elements};
        else
            found.taps.delays = windows(node(found.reader), joined, found.taps.frame, elements);
        if (found.taps.delays.empty())
            return {};
        return found;
    }

private:
    static constexpr std::size_t no_node = static_cast<std::size_t>(-1); // a graph's output

    const Node& node(std::size_t place) const { return graph_.nodes[place]; }
    const KnownTensor& tensor(std::string_view name) const {
        return tensors_.at(std::string(name));
    }
    std::size_t rank(std::string_view name) const { return tensor(name).shape.size(); }
    std::int64_t length(std::string_view name) const { return tensor(name).shape.back(); }

    std::optional<std::size_t> only_user(std::string_view name) const {
        const auto found = users_.find(name);
        if (found == users_.end() || found->second.size() != 1 || found->second[0] == no_node)
            return {};
        return found->second[0];
    }

    static const OnnxGraph::Attribute* attribute(const Node& node, std::string_view name) {
        const auto found = std::ranges::find(node.attributes, name, &OnnxGraph::Attribute::name);
        return found == node.attributes.end() ? nullptr : &*found;
    }

    /// Transpositions that leave all axes where they are, as exporters write them.
    static bool is_copy(const Node& node) {
        if (node.type != "Transpose")
            return false;
        const auto* axes = attribute(node, "perm");
        if (axes == nullptr)
            return false;
        for (std::size_t i = 0; i < axes->integers.size(); ++i)
            if (axes->integers[i] != static_cast<std::int64_t>(i))
                return false;
        return true;
    }

    std::string_view behind_copies(std::string_view name) const {
        for (auto user = only_user(name); user && is_copy(node(*user)); user = only_user(name))
            name = node(*user).outputs[0];
        return name;
    }

    bool is_last_axis(std::int64_t axis, std::string_view name) const {
        const auto axes = static_cast<std::int64_t>(rank(name));
        return axes > 1 && (axis == -1 || axis == axes - 1);
    }

    bool is_join(const Node& node, std::string_view past) const {
        return node.type == "Concat" && node.inputs.size() == 2 && node.inputs[0] == past &&
               node.inputs[1] != past && is_last_axis(attribute(node, "axis")->integer, past);
    }

    /// Begin and end of what is cut out of the last axis, if that is what the node does.
    std::optional<std::pair<std::int64_t, std::int64_t>> cut(const Node& node) const {
        if (node.type != "Slice" || node.inputs.size() < 4)
            return {};
        std::vector<std::int64_t> values;
        for (std::size_t i = 1; i < node.inputs.size(); ++i) {
            const std::string_view name = node.inputs[i];
            const auto given = name.empty() ? std::nullopt : tensor(name).values;
            if (!given || given->size() != 1)
                return {};
            values.push_back(given->front());
        }
        if (!is_last_axis(values[2], node.inputs[0]) || (values.size() > 3 && values[3] != 1))
            return {};
        const std::int64_t size = length(node.inputs[0]);
        const auto place = [&](std::int64_t value) {
            return std::clamp<std::int64_t>(value < 0 ? value + size : value, 0, size);
        };
        return std::pair(place(values[0]), place(values[1]));
    }

    /// Whether the node cuts out the end, as long as the state, to be the next one.
    bool is_last(std::size_t place, const StateTensor& state) const {
        const auto part = cut(node(place));
        if (!part || part->second != length(node(place).inputs[0]) ||
            part->second - part->first != state.shape.back())
            return false;
        std::string_view name = behind_copies(node(place).outputs[0]);
        const auto users = users_.find(name);
        return name == state.name + ".next" && users->second == std::vector{no_node};
    }

    bool is_delay(const Node& reader, std::size_t frame, std::size_t elements) const {
        const auto part = cut(reader);
        return part && part->first == 0 && part->second == static_cast<std::int64_t>(frame) &&
               elements >= frame;
    }

    /// The delays of a convolution's windows of the past; none if another node reads, if all
    /// windows together are no shorter than the past, or if they stand side by side without a
    /// dilation: that ONNX Runtime adds up in another order.
    std::vector<std::size_t> windows(const Node& reader, std::string_view joined, std::size_t frame,
                                     std::size_t elements) const {
        if (reader.type != "Conv" || reader.inputs[0] != joined)
            return {};
        const auto last = [&](std::string_view name, std::int64_t otherwise) {
            const auto* given = attribute(reader, name);
            return given == nullptr ? otherwise : given->integers.back();
        };
        const auto* pads = attribute(reader, "pads");
        const bool is_padded =
            pads != nullptr &&
            (pads->integers.back() != 0 || pads->integers[pads->integers.size() / 2 - 1] != 0);
        const auto dilation = static_cast<std::size_t>(last("dilations", 1));
        const auto taps = static_cast<std::size_t>(length(reader.inputs[1]));
        if (is_padded || last("strides", 1) != 1 || dilation <= frame || frame == 1 ||
            elements != (taps - 1) * dilation)
            return {};
        std::vector<std::size_t> delays;
        for (std::size_t tap = 1; tap < taps; ++tap)
            delays.push_back((taps - tap) * dilation);
        return delays;
    }

    const OnnxGraph& graph_;
    std::map<std::string, KnownTensor> tensors_;
    std::unordered_map<std::string_view, std::vector<std::size_t>> users_;
};

void edit(GraphEdits& edits, const ShiftingState& found) {
    edits.copies[found.last] = found.frame;
    if (found.is_delay) {
        edits.copies[found.reader] = found.past;
        edits.dropped.insert(found.join);
    } else {
        edits.dilations[found.reader] = static_cast<std::int64_t>(found.taps.frame);
    }
}

} // namespace

std::vector<Taps> tap_shifting_states(std::string& model, const Contract& contract,
                                      const std::vector<StateTensor>& states) {
    std::vector<Taps> result(states.size());
    if (states.empty())
        return result;
    const OnnxGraph graph = read_onnx_graph(model);
    const Finder finder(graph, contract.channels.value_or(1));
    const Finder of_more(graph, contract.channels.value_or(2)); // whose shapes may follow from that
    GraphEdits edits;
    std::vector<std::string> nexts; // names that the edits refer to
    nexts.reserve(states.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        const auto found = finder.find(states[i]);
        if (!found || found != of_more.find(states[i]))
            continue;
        result[i] = found->taps;
        edit(edits, *found);
        const auto frame = static_cast<std::int64_t>(found->taps.frame);
        edits.last_axes[states[i].name] =
            frame * static_cast<std::int64_t>(found->taps.delays.size());
        edits.last_axes[nexts.emplace_back(states[i].name + ".next")] = frame;
    }
    if (!edits.last_axes.empty())
        model = edited(model, edits);
    return result;
}

} // namespace tonecast
