#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/onnxruntime/delay_lines/delay_line.h"
#include "engine/onnxruntime/ort_library.h"
#include "engine/signal/aligned_floats.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tonecast {

/// What a graph reads and writes in one stream. All tensors are views of buffers in the CPU's
/// memory; two sets of state buffers take turns, so that what one run writes the next one reads,
/// uncopied, whichever session runs it. States that only shift are delay lines.
class OnnxTensors {
public:
    /// `taps` are those of tap_shifting_states(), one for each state.
    OnnxTensors(const OrtLibrary& ort, const Contract& contract,
                const std::vector<StateTensor>& states, const std::vector<Taps>& taps,
                bool is_linked, int channels);

    std::span<float> frame() noexcept { return frame_.span(); }
    std::span<float> controls() noexcept { return controls_; }
    std::span<const float> frame_out() const noexcept { return frame_out_.span(); }

    /// Gives the state the value that it has before the first frame.
    void reset() noexcept;

    /// Makes what the state is now its value before the first frame.
    void keep_state();

    /// Null where all went well; else nothing has changed but frame_out(), so that the frame may be
    /// run again.
    ort::Status* run(ort::Session* session) noexcept;

private:
    using Values = std::vector<OrtOwned<ort::Value>>;

    /// A state that only shifts, and what a run reads and writes of it.
    struct Past {
        DelayLine line;
        DelayLine first; // before the first frame
        AlignedFloats windows;
        AlignedFloats frame;
    };

    ort::Value* bind(std::span<float> data, std::span<const std::int64_t> shape);
    void bind_state(const StateTensor& state, std::vector<std::int64_t> shape);
    void bind_past(const StateTensor& state, const Taps& taps, std::vector<std::int64_t> shape);

    const OrtLibrary& ort_;
    std::vector<std::string> names_; // keeps alive what the two below point to
    std::vector<const char*> input_names_;
    std::vector<const char*> output_names_;

    AlignedFloats frame_;
    AlignedFloats frame_out_;
    std::vector<float> controls_;
    std::array<std::vector<AlignedFloats>, 2> states_;
    std::vector<AlignedFloats> first_states_;
    std::vector<Past> pasts_;

    Values values_; // keeps alive what the two below point to
    std::array<std::vector<const ort::Value*>, 2> inputs_;
    std::array<std::vector<ort::Value*>, 2> outputs_;
    std::size_t turn_ = 0; // which set of states the next run reads
};

} // namespace tonecast
