#include "engine/onnxruntime/onnx_tensors.h"

#include "engine/onnxruntime/fork_gate.h"

#include <algorithm>
#include <cstddef>
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

OnnxTensors::OnnxTensors(const OrtLibrary& ort, const Contract& contract,
                         const std::vector<StateTensor>& states, const std::vector<Taps>& taps,
                         bool is_linked, int channels)
    : ort_(ort) {
    const bool is_effect = contract.kind == Kind::effect;
    const std::array<std::int64_t, 2> frame_shape{channels, is_effect ? contract.frame_size_samples
                                                                      : contract.window_samples};
    const std::array<std::int64_t, 2> curve_shape{is_linked ? 1 : channels,
                                                  contract.transform_size_samples / 2 + 1};
    const std::array<std::int64_t, 1> value_shape{1};
    const std::span<const std::int64_t> out_shape = !is_effect
                                                        ? std::span<const std::int64_t>(value_shape)
                                                    : contract.form == Form::filter ? curve_shape
                                                                                    : frame_shape;
    const std::size_t frame_count = count(frame_shape);
    frame_ = AlignedFloats(contract.has_sidechain ? 2 * frame_count : frame_count);
    frame_out_ = AlignedFloats(count(out_shape));
    inputs_[0].push_back(bind(frame_.span().first(frame_count), frame_shape));
    if (contract.has_sidechain)
        inputs_[0].push_back(bind(frame_.span().last(frame_count), frame_shape));
    outputs_[0].push_back(bind(frame_out_.span(), out_shape));

    for (const Control& control : contract.controls)
        controls_.push_back(control.default_value);
    for (std::size_t i = 0; i < controls_.size(); ++i)
        if (!contract.controls[i].is_players)
            inputs_[0].push_back(bind({&controls_[i], 1}, {}));

    inputs_[1] = inputs_[0];
    outputs_[1] = outputs_[0];
    for (std::size_t i = 0; i < states.size(); ++i) {
        std::vector<std::int64_t> shape = states[i].shape;
        if (states[i].per_channel)
            shape[0] = channels;
        if (taps[i].delays.empty())
            bind_state(states[i], std::move(shape));
        else
            bind_past(states[i], taps[i], std::move(shape));
    }

    const AudioNames audio = audio_names(contract);
    std::vector<std::string> output_names{audio.out};
    names_.emplace_back(audio.in);
    if (contract.has_sidechain)
        names_.emplace_back(sidechain_name);
    for (const Control& control : contract.controls)
        if (!control.is_players)
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
    for (std::size_t i = 0; i < first_states_.size(); ++i)
        std::ranges::copy(first_states_[i].span(), states_[0][i].span().begin());
    turn_ = 0;
    for (Past& past : pasts_)
        past.line.copy(past.first);
}

void OnnxTensors::keep_state() {
    for (std::size_t i = 0; i < first_states_.size(); ++i)
        std::ranges::copy(states_[turn_][i].span(), first_states_[i].span().begin());
    for (Past& past : pasts_)
        past.first.copy(past.line);
}

ort::Status* OnnxTensors::run(ort::Session* session) noexcept {
    const auto& inputs = inputs_[turn_];
    auto& outputs = outputs_[turn_];
    for (const Past& past : pasts_)
        past.line.read(past.windows.span());
    const InsideOnnxRuntime guard;
    ort::Status* status =
        ort_.api.run(session, nullptr, input_names_.data(), inputs.data(), inputs.size(),
                     output_names_.data(), outputs.size(), outputs.data());
    if (status != nullptr)
        return status;
    turn_ = 1 - turn_;
    for (Past& past : pasts_)
        past.line.write(past.frame.span());
    return nullptr;
}

ort::Value* OnnxTensors::bind(std::span<float> data, std::span<const std::int64_t> shape) {
    ort::Value* value = nullptr;
    ort_.check(ort_.api.create_tensor_with_data_as_ort_value(
        ort_.cpu_memory, data.data(), data.size_bytes(), shape.data(), shape.size(),
        ort::element_type_float, &value));
    values_.emplace_back(value, ort_.api.release_value);
    return value;
}

void OnnxTensors::bind_state(const StateTensor& state, std::vector<std::int64_t> shape) {
    const std::span<float> first = first_states_.emplace_back(count(shape)).span();
    for (std::size_t at = 0; !state.initial.empty() && at < first.size();
         at += state.initial.size())
        std::ranges::copy(state.initial, first.begin() + static_cast<std::ptrdiff_t>(at));
    for (std::size_t turn : {0U, 1U}) {
        states_[turn].emplace_back(count(shape));
        ort::Value* value = bind(states_[turn].back().span(), shape);
        inputs_[turn].push_back(value);
        outputs_[1 - turn].push_back(value);
    }
}

void OnnxTensors::bind_past(const StateTensor& state, const Taps& taps,
                            std::vector<std::int64_t> shape) {
    shape.back() = 1;
    const std::size_t rows = count(shape);
    const std::size_t of_windows = taps.delays.size() * taps.frame;
    pasts_.push_back({DelayLine(taps, rows), DelayLine(taps, rows),
                      AlignedFloats(rows * of_windows), AlignedFloats(rows * taps.frame)});
    Past& past = pasts_.back();
    if (!state.initial.empty())
        past.first.fill(state.initial);
    shape.back() = static_cast<std::int64_t>(of_windows);
    ort::Value* const windows = bind(past.windows.span(), shape);
    shape.back() = static_cast<std::int64_t>(taps.frame);
    ort::Value* const frame = bind(past.frame.span(), shape);
    for (std::size_t turn : {0U, 1U}) {
        inputs_[turn].push_back(windows);
        outputs_[turn].push_back(frame);
    }
}

} // namespace tonecast
