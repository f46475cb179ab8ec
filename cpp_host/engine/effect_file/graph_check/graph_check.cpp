#include "engine/effect_file/graph_check/graph_check.h"

#include "engine/effect_file/graph_check/node_check.h"
#include "engine/effect_file/graph_check/operators.h"
#include "engine/effect_file/utf8.h"
#include "engine/error.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tonecast {

namespace {

constexpr int most_channels = 8;

// Bounds of what a file may cost, all its nodes together.
constexpr double max_constant_bytes = 128.0 * (1 << 20); // made while loading
constexpr double max_channel_bytes = 256.0 * (1 << 20);  // made for a frame of one channel
constexpr double max_time = 4e9; // while loading, and for a frame: units of NodeCheck::cost()

/// A node whose names are places in the list of tensors.
struct Step {
    const OnnxGraph::Node* node;
    const Signature* signature;
    std::vector<std::size_t> inputs; // `none` where one is left out
    std::vector<std::size_t> outputs;
};

constexpr std::size_t none = static_cast<std::size_t>(-1);

std::string shown(const OnnxGraph::Node& node, std::size_t index) {
    return "node " + std::to_string(index + 1) + " (" + printable(node.type) + ")";
}

const Signature& signature_of(const OnnxGraph::Node& node) {
    const Signature* found = find_operator(node.domain, node.type);
    if (found == nullptr)
        throw Error("it uses the operator " +
                    printable(node.domain.empty() ? "" : std::string(node.domain) + ".") +
                    printable(node.type) + ", which effects must not; export the model without it");
    return *found;
}

void check_operator_set(const OnnxGraph& graph) {
    const auto is_ours = [](const OnnxGraph::OperatorSet& set) {
        return (set.domain.empty() || set.domain == "ai.onnx") && set.version == operator_set;
    };
    if (graph.operator_sets.size() != 1 || !is_ours(graph.operator_sets[0]))
        throw Error("it must ask for ONNX's operator set " + std::to_string(operator_set) +
                    " and no other; export it with that one");
}

/// A graph whose every name has been looked up.
class Plan {
public:
    explicit Plan(const OnnxGraph& graph) : graph_(graph) {
        for (const OnnxTensor& tensor : graph.initializers) {
            define(tensor.name);
            tensors_.push_back(known(tensor));
        }
        first_input_ = tensors_.size();
        for (const auto& input : graph.inputs) {
            define(input.name);
            tensors_.push_back({ElementType::float32, {}, false, std::nullopt});
        }
        for (std::size_t i = 0; i < graph.nodes.size(); ++i)
            add_step(graph.nodes[i], i);
        for (const auto& output : graph.outputs) {
            const std::size_t place = find(output.name);
            if (place == none || place < first_input_ + graph.inputs.size())
                throw Error("no node of its graph makes the output \"" + printable(output.name) +
                            "\"");
            outputs_.push_back(place);
        }
    }

    /// All shapes for so many channels. Throws Error where they do not fit.
    void check(std::int64_t channels) {
        set_inputs(channels);
        Cost loading;
        Cost frame;
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            try {
                check_step(steps_[i], loading, frame);
            } catch (const Error& error) {
                throw Error(shown(*steps_[i].node, i) + ": " + error.what());
            }
        }
        check_outputs(channels);
        if (loading.bytes > max_constant_bytes || loading.time > max_time)
            throw Error("loading it would compute more than " +
                        std::to_string(static_cast<int>(max_constant_bytes) >> 20) +
                        " MiB of constants, or take too long; export it with constants folded");
        const auto count = static_cast<double>(channels);
        if (frame.bytes > count * max_channel_bytes)
            throw Error("a frame of it takes more than " +
                        std::to_string(static_cast<int>(max_channel_bytes) >> 20) +
                        " MiB of memory a channel; make the model smaller");
        if (frame.time > count * max_time)
            throw Error("a frame of it takes more computing than any machine can do in time; make "
                        "the model smaller");
    }

    std::map<std::string, KnownTensor> tensors() const {
        std::map<std::string, KnownTensor> result;
        for (const auto& [name, place] : places_)
            result.emplace(name, tensors_[place]);
        return result;
    }

private:
    struct Cost {
        double bytes = 0.0;
        double time = 0.0;
    };

    std::size_t find(std::string_view name) const {
        const auto found = places_.find(name);
        return found == places_.end() ? none : found->second;
    }

    void define(std::string_view name) {
        if (name.empty())
            throw Error("a tensor in it has no name");
        if (!places_.emplace(name, tensors_.size()).second)
            throw Error("its graph makes \"" + printable(name) + "\" twice");
    }

    void add_step(const OnnxGraph::Node& node, std::size_t index) {
        const Signature& signature = signature_of(node);
        try {
            check_signature(node, signature);
            Step step{&node, &signature, {}, {}};
            for (const std::string_view name : node.inputs) {
                step.inputs.push_back(name.empty() ? none : find(name));
                if (!name.empty() && step.inputs.back() == none)
                    throw Error("nothing before it makes its input \"" + printable(name) + "\"");
            }
            for (const std::string_view name : node.outputs) {
                step.outputs.push_back(name.empty() ? none : tensors_.size());
                if (name.empty())
                    continue;
                define(name);
                tensors_.emplace_back();
            }
            steps_.push_back(std::move(step));
        } catch (const Error& error) {
            throw Error(shown(node, index) + ": " + error.what());
        }
    }

    void set_inputs(std::int64_t channels) {
        for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
            TensorShape& shape = tensors_[first_input_ + i].shape;
            shape.clear();
            for (const OnnxGraph::Dimension& size : *graph_.inputs[i].shape)
                shape.push_back(size.value_or(channels));
        }
    }

    void check_step(const Step& step, Cost& loading, Cost& frame) {
        inputs_.clear();
        node_outputs_.clear();
        // ONNX Runtime also folds what it knows the shape of.
        bool is_constant = true;
        for (const std::size_t place : step.inputs) {
            inputs_.push_back(place == none ? nullptr : &tensors_[place]);
            is_constant = is_constant && (place == none || tensors_[place].is_constant);
        }
        is_constant = is_constant || step.node->type == "Shape" || step.node->type == "Size";
        for (const std::size_t place : step.outputs)
            node_outputs_.push_back(place == none ? nullptr : &tensors_[place]);
        NodeCheck node(*step.node, *step.signature, inputs_, node_outputs_);
        step.signature->rule(node);
        Cost& cost = is_constant ? loading : frame;
        cost.bytes += node.workspace_bytes();
        cost.time += node.time();
        for (KnownTensor* output : node_outputs_) {
            if (output == nullptr)
                continue;
            output->is_constant = is_constant;
            cost.bytes += static_cast<double>(element_count(output->shape)) *
                          static_cast<double>(element_bytes(output->type));
        }
    }

    void check_outputs(std::int64_t channels) const {
        for (std::size_t i = 0; i < outputs_.size(); ++i) {
            const auto& promised = graph_.outputs[i];
            const KnownTensor& made = tensors_[outputs_[i]];
            TensorShape shape;
            for (const OnnxGraph::Dimension& size : *promised.shape)
                shape.push_back(size.value_or(channels));
            if (made.type != ElementType::float32 || made.shape != shape)
                throw Error("its graph makes \"" + printable(promised.name) +
                            "\" with another shape or type than it promises");
        }
    }

    const OnnxGraph& graph_;
    std::unordered_map<std::string_view, std::size_t> places_;
    std::vector<KnownTensor> tensors_; // initializers, inputs, then what the nodes make
    std::size_t first_input_ = 0;
    std::vector<std::size_t> outputs_;
    std::vector<Step> steps_;
    std::vector<const KnownTensor*> inputs_; // of one node, kept for its memory
    std::vector<KnownTensor*> node_outputs_;
};

} // namespace

void check_graph(const OnnxGraph& graph, std::optional<int> channels) {
    check_operator_set(graph);
    Plan plan(graph);
    if (channels)
        return plan.check(*channels);
    for (int count = 1; count <= most_channels; ++count) {
        try {
            plan.check(count);
        } catch (const Error& error) {
            if (count == 1)
                throw;
            throw Error("with " + std::to_string(count) + " channels, " + error.what());
        }
    }
}

std::map<std::string, KnownTensor> infer_shapes(const OnnxGraph& graph, std::int64_t channels) {
    check_operator_set(graph);
    Plan plan(graph);
    plan.check(channels);
    return plan.tensors();
}

} // namespace tonecast
