#include "engine/onnxruntime/onnx_tensors.h"

#include "engine/onnxruntime/fork_gate.h"

#include <algorithm>
#include <cstddef>

namespace tonecast {

namespace {

std::size_t count(std::span<const std::int64_t> shape) {
    std::size_t product = 1;
    for (const std::int64_t size : shape)
        product *= static_cast<std::size_t>(size);
    return product;
}

} // namespace

OnnxTensors::OnnxTensors(const OrtLibrary& ort, const Contract& contract,
                         const std::vector<StateTensor>& states, int channels)
    : ort_(ort) {
    const bool is_effect = contract.kind == Kind::effect;
    const std::array<std::int64_t, 2> frame_shape{channels, is_effect ? contract.frame_size_samples
                                                                      : contract.window_samples};
    const std::array<std::int64_t, 1> value_shape{1};
    const std::span<const std::int64_t> out_shape =
        is_effect ? std::span<const std::int64_t>(frame_shape) : value_shape;
    frame_ = AlignedFloats(count(frame_shape));
    frame_out_ = AlignedFloats(count(out_shape));
    inputs_[0].push_back(bind(frame_.span(), frame_shape));
    outputs_[0].push_back(bind(frame_out_.span(), out_shape));

    for (const Control& control : contract.controls)
        controls_.push_back(control.default_value);
    for (float& control : controls_)
        inputs_[0].push_back(bind({&control, 1}, {}));

    inputs_[1] = inputs_[0];
    outputs_[1] = outputs_[0];
    for (const StateTensor& state : states)
        bind_state(state, channels);

    std::vector<std::string> output_names{is_effect ? "frame_out" : "value"};
    names_.emplace_back(is_effect ? "frame" : "audio");
    for (const Control& control : contract.controls)
        names_.push_back(control.name);
    for (const StateTensor& state : states) {
        names_.push_back(state.name);
        output_names.push_back(state.name + ".next");
    }
    const std::size_t inputs = names_.size();
    names_.insert(names_.end(), output_names.begin(), output_names.end());
    for (std::size_t i = 0; i < names_.size(); ++i)
        (i < inputs ? input_names_ : output_names_).push_back(names_[i].c_str());
}

void OnnxTensors::reset() noexcept {
    for (const auto& set : states_)
        for (const AlignedFloats& state : set)
            std::fill(state.span().begin(), state.span().end(), 0.0F);
    turn_ = 0;
}

ort::Status* OnnxTensors::run(ort::Session* session) noexcept {
    const auto& inputs = inputs_[turn_];
    auto& outputs = outputs_[turn_];
    const InsideOnnxRuntime guard;
    ort::Status* status =
        ort_.api.run(session, nullptr, input_names_.data(), inputs.data(), inputs.size(),
                     output_names_.data(), outputs.size(), outputs.data());
    if (status == nullptr)
        turn_ = 1 - turn_;
    return status;
}

ort::Value* OnnxTensors::bind(std::span<float> data, std::span<const std::int64_t> shape) {
    ort::Value* value = nullptr;
    ort_.check(ort_.api.create_tensor_with_data_as_ort_value(
        ort_.cpu_memory, data.data(), data.size_bytes(), shape.data(), shape.size(),
        ort::element_type_float, &value));
    values_.emplace_back(value, ort_.api.release_value);
    return value;
}

void OnnxTensors::bind_state(const StateTensor& state, int channels) {
    std::vector<std::int64_t> shape = state.shape;
    if (state.per_channel)
        shape[0] = channels;
    for (std::size_t turn : {0U, 1U}) {
        states_[turn].emplace_back(count(shape));
        ort::Value* value = bind(states_[turn].back().span(), shape);
        inputs_[turn].push_back(value);
        outputs_[1 - turn].push_back(value);
    }
}

} // namespace tonecast
