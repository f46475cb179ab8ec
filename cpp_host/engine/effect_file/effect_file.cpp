#include "engine/effect_file/effect_file.h"

#include "engine/effect_file/graph_check/graph_check.h"
#include "engine/effect_file/onnx_graph.h"
#include "engine/effect_file/protobuf.h"
#include "engine/effect_file/read_whole.h"
#include "engine/effect_file/utf8.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <utility>

namespace tonecast {

namespace {

constexpr std::size_t max_file_mib = 256;
constexpr std::int64_t max_state_samples = std::int64_t{1} << 22; // of one channel
constexpr std::string_view contract_key = "tonecast.contract";
constexpr std::string_view state_prefix = "state.";
constexpr std::string_view next_suffix = ".next";
constexpr std::string_view initial_suffix = ".initial";

using Shape = std::vector<OnnxGraph::Dimension>;

OnnxGraph scan(std::string_view bytes) {
    try {
        return read_onnx_graph(bytes);
    } catch (const MalformedProtobuf& error) {
        throw Error(std::string("it is not an ONNX file, or a damaged one (") + error.what() + ")");
    }
}

std::string_view find_contract(const OnnxGraph& graph) {
    const OnnxGraph::Metadata* found = nullptr;
    for (const auto& entry : graph.metadata) {
        if (entry.key != contract_key)
            continue;
        if (found != nullptr)
            throw Error("it holds two contracts");
        found = &entry;
    }
    if (found == nullptr)
        throw Error("it is an ONNX file without a contract (metadata \"tonecast.contract\"); only "
                    "effects exported with tonecast can be played");
    return found->value;
}

/// Inputs or outputs of the graph, taken out one by one; none may be left over.
class Values {
public:
    Values(const std::vector<OnnxGraph::Value>& values, const char* kind)
        : values_(values), kind_(kind) {
        for (const auto& value : values_)
            if (!left_.insert(value.name).second)
                throw Error(shown(value.name) + " stands twice");
    }

    /// The shape of a float32 tensor of that name.
    const Shape& take(std::string_view name) {
        const auto found = std::find_if(values_.begin(), values_.end(),
                                        [&](const auto& value) { return value.name == name; });
        if (found == values_.end())
            throw Error(shown(name) + " is missing");
        if (!found->is_float32 || !found->shape)
            throw Error(shown(name) + " must be a float32 tensor of known rank");
        left_.erase(name);
        return *found->shape;
    }

    void none_left() const {
        if (!left_.empty())
            throw Error(shown(*left_.begin()) + " is not in the contract");
    }

    std::string shown(std::string_view name) const {
        return std::string("the graph's ") + kind_ + " \"" + printable(name) + "\"";
    }

private:
    const std::vector<OnnxGraph::Value>& values_;
    const char* kind_;
    std::set<std::string_view> left_;
};

/// [channels, samples], channels dynamic unless the contract says how many there are.
void check_audio(Values& values, std::string_view name, const Contract& contract) {
    const Shape& shape = values.take(name);
    const std::string samples = std::to_string(contract.frame_size_samples);
    if (shape.size() == 2 && shape[0] == contract.channels &&
        shape[1] == contract.frame_size_samples)
        return;
    throw Error(values.shown(name) + " must be [" +
                (contract.channels ? std::to_string(*contract.channels) + ", " + samples + "]"
                                   : "channels, " + samples + "] with a dynamic first axis"));
}

/// The value after a reset, an initializer that no node needs to use: that of one channel.
std::vector<float> read_initial(const StateTensor& state, const OnnxGraph& graph) {
    const std::string name = state.name + std::string(initial_suffix);
    const auto found = std::ranges::find(graph.initializers, name, &OnnxGraph::Tensor::name);
    if (found == graph.initializers.end())
        return {};
    std::vector<float> values(static_cast<std::size_t>(found->elements));
    if (found->type != ElementType::float32 || found->shape != state.shape ||
        found->raw.size() != values.size() * sizeof(float))
        throw Error("the graph's initializer \"" + printable(name) +
                    "\" must be float32 raw data of its state's shape, for one channel");
    std::memcpy(values.data(), found->raw.data(), found->raw.size());
    if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
        throw Error("the graph's initializer \"" + printable(name) + "\" holds NaN or Inf");
    return values;
}

StateTensor read_state(std::string_view name, Values& inputs, Values& outputs) {
    const Shape& shape = inputs.take(name);
    if (shape.empty() || (shape[0].has_value() && shape[0] != 1))
        throw Error(inputs.shown(name) + " must have channels (dynamic) or 1 as its first axis");
    StateTensor state{std::string(name), !shape[0].has_value(), {1}, {}};
    std::int64_t samples = 1;
    for (std::size_t axis = 1; axis < shape.size(); ++axis) {
        samples *= shape[axis].value_or(0);
        if (samples < 1 || samples > max_state_samples)
            throw Error(inputs.shown(name) +
                        " must have fixed sizes after its first axis, at most " +
                        std::to_string(max_state_samples) + " samples in all");
        state.shape.push_back(*shape[axis]);
    }
    const std::string next = state.name + std::string(next_suffix);
    if (outputs.take(next) != shape)
        throw Error(outputs.shown(next) + " must have the shape of its input");
    return state;
}

/// [channels or 1, bins], channels dynamic. Whether it is 1.
bool check_curve(Values& outputs, std::string_view name, const Contract& contract) {
    const Shape& shape = outputs.take(name);
    const int bins = contract.transform_size_samples / 2 + 1;
    if (shape.size() != 2 || shape[1] != bins)
        throw Error(outputs.shown(name) + " must be [channels or 1, " + std::to_string(bins) +
                    "], half the contract's \"transform_size_samples\" and one");
    if (shape[0].value_or(1) != 1)
        throw Error(outputs.shown(name) + " has " + std::to_string(*shape[0]) +
                    " curves, whatever the sound: it must have one for each channel (a dynamic "
                    "first axis), or 1 for all");
    return shape[0].has_value(); // then it is 1
}

void check_effect(const OnnxGraph& graph, EffectFile& file) {
    const Contract& contract = file.contract;
    Values inputs(graph.inputs, "input");
    Values outputs(graph.outputs, "output");
    const AudioNames audio = audio_names(contract);
    check_audio(inputs, audio.in, contract);
    if (contract.has_sidechain)
        check_audio(inputs, sidechain_name, contract);
    if (contract.form == Form::filter)
        file.is_linked = check_curve(outputs, audio.out, contract);
    else
        check_audio(outputs, audio.out, contract);
    for (const Control& control : contract.controls)
        if (!control.is_players && !inputs.take(control.name).empty())
            throw Error(inputs.shown(control.name) + " must be a scalar (rank 0)");
    std::vector<StateTensor>& states = file.states;
    for (const auto& value : graph.inputs)
        if (value.name.substr(0, state_prefix.size()) == state_prefix)
            states.push_back(read_state(value.name, inputs, outputs));
    for (StateTensor& state : states)
        state.initial = read_initial(state, graph);
    inputs.none_left();
    outputs.none_left();
    // A gain that changes from frame to frame would not reach what a state remembers.
    if (!states.empty() && contract.trained_level && contract.trained_level->is_linear)
        throw Error("a graph with a state cannot have its level taken out: its contract's "
                    "\"trained_level\" must be \"nonlinear\"");
}

void check_predictor(const OnnxGraph& graph, const Contract& contract) {
    Values inputs(graph.inputs, "input");
    Values outputs(graph.outputs, "output");
    const AudioNames names = audio_names(contract);
    const Shape& audio = inputs.take(names.in);
    const bool stereo =
        audio.size() == 2 && audio[0].value_or(predictor_channels) == predictor_channels;
    if (!stereo || audio[1] != contract.window_samples)
        throw Error(inputs.shown(names.in) + " must be [2, " +
                    std::to_string(contract.window_samples) + "]");
    if (outputs.take(names.out) != Shape{1})
        throw Error(outputs.shown(names.out) + " must be [1]");
    inputs.none_left();
    outputs.none_left();
}

EffectFile parse(std::string bytes) {
    EffectFile file;
    file.bytes = std::move(bytes);
    const OnnxGraph graph = scan(file.bytes);
    file.contract_json = find_contract(graph);
    file.contract = parse_contract(file.contract_json);
    if (file.contract.kind == Kind::effect)
        check_effect(graph, file);
    else
        check_predictor(graph, file.contract);
    check_graph(graph, file.contract.kind == Kind::predictor ? predictor_channels
                                                             : file.contract.channels);
    file.graph_at = static_cast<std::size_t>(graph.bytes.data() - file.bytes.data());
    file.graph_size = graph.bytes.size();
    return file;
}

/// Puts the file's name in front of the message of an Error that `read` throws.
template <typename Read>
EffectFile named(std::string name, Read read) {
    try {
        EffectFile file = read();
        file.name = std::move(name);
        return file;
    } catch (const Error& error) {
        throw Error(name + ": " + error.what());
    }
}

} // namespace

AudioNames audio_names(const Contract& contract) noexcept {
    if (contract.kind == Kind::predictor)
        return {"audio", "value"};
    if (contract.form == Form::causal)
        return {"block", "block_out"};
    return {"frame", contract.form == Form::frame ? "frame_out" : "gain_db"};
}

EffectFile parse_effect_file(std::string bytes, std::string name) {
    return named(std::move(name), [&] { return parse(std::move(bytes)); });
}

EffectFile read_effect_file(const std::filesystem::path& path) {
    return named(path.string(), [&] { return parse(read_whole(path, max_file_mib)); });
}

} // namespace tonecast
