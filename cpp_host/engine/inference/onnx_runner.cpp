#include "engine/inference/onnx_runner.h"

#include "engine/error.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace tonecast {

namespace {

std::size_t count(std::span<const std::int64_t> shape) {
    std::size_t product = 1;
    for (const std::int64_t size : shape)
        product *= static_cast<std::size_t>(size);
    return product;
}

} // namespace

OnnxRunner::OnnxRunner(std::shared_ptr<const OnnxModel> model) : model_(std::move(model)) {
    const bool is_effect = model_->contract().kind == Kind::effect;
    input_names_.push_back(is_effect ? "frame" : "audio");
    output_names_.push_back(is_effect ? "frame_out" : "value");
    for (const Control& control : model_->contract().controls)
        input_names_.push_back(control.name.c_str());
    for (const StateTensor& state : model_->states()) {
        input_names_.push_back(state.name.c_str());
        next_names_.push_back(state.name + ".next");
    }
    for (const std::string& name : next_names_)
        output_names_.push_back(name.c_str());
}

void OnnxRunner::prepare(int channels) {
    if (channels < 1)
        throw Error("a stream needs at least one channel");
    const Contract& contract = model_->contract();
    values_.clear();
    inputs_ = {};
    outputs_ = {};
    states_ = {};

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

    controls_.clear();
    for (const Control& control : contract.controls)
        controls_.push_back(control.default_value);
    for (float& control : controls_)
        inputs_[0].push_back(bind({&control, 1}, {}));

    inputs_[1] = inputs_[0];
    outputs_[1] = outputs_[0];
    for (const StateTensor& state : model_->states()) {
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

    try {
        for (int i = 0; i < 3; ++i)
            model_->library().check(run_session());
    } catch (const Error& error) {
        throw Error(model_->name() + ": it fails on " + std::to_string(channels) +
                    (channels == 1 ? " channel; " : " channels; ") + error.what());
    }
    reset();
}

void OnnxRunner::reset() noexcept {
    for (const auto& set : states_)
        for (const AlignedFloats& state : set)
            std::fill(state.span().begin(), state.span().end(), 0.0F);
    turn_ = 0;
}

bool OnnxRunner::run() noexcept {
    ort::Status* status = run_session();
    if (status == nullptr)
        return true;
    model_->library().api.release_status(status);
    return false;
}

ort::Status* OnnxRunner::run_session() noexcept {
    const auto& inputs = inputs_[turn_];
    auto& outputs = outputs_[turn_];
    ort::Status* status = model_->library().api.run(
        model_->session(), nullptr, input_names_.data(), inputs.data(), inputs.size(),
        output_names_.data(), outputs.size(), outputs.data());
    if (status == nullptr)
        turn_ = 1 - turn_;
    return status;
}

ort::Value* OnnxRunner::bind(std::span<float> data, std::span<const std::int64_t> shape) {
    const OrtLibrary& ort = model_->library();
    ort::Value* value = nullptr;
    ort.check(ort.api.create_tensor_with_data_as_ort_value(
        ort.cpu_memory, data.data(), data.size_bytes(), shape.data(), shape.size(),
        ort::element_type_float, &value));
    values_.emplace_back(value, ort.api.release_value);
    return value;
}

} // namespace tonecast
