#pragma once

#include "engine/inference/aligned_floats.h"
#include "engine/inference/onnx_model.h"
#include "engine/inference/runner.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tonecast {

/// Runs an OnnxModel for one stream. All tensors are views of buffers that prepare() allocates; two
/// sets of state buffers take turns, so that what one frame writes the next one reads, uncopied.
class OnnxRunner : public Runner {
public:
    explicit OnnxRunner(std::shared_ptr<const OnnxModel> model);

    /// Also runs the model a few times: ONNX Runtime allocates on the first runs, and a graph that
    /// does not work for so many channels shows here and not in the middle of a stream.
    void prepare(int channels) override;

    void reset() noexcept override;
    std::span<float> frame() noexcept override { return frame_.span(); }
    std::span<float> controls() noexcept override { return controls_; }
    std::span<const float> frame_out() const noexcept override { return frame_out_.span(); }

    /// ONNX Runtime may allocate and lock inside.
    bool run() noexcept override;

private:
    using Values = std::vector<OrtOwned<ort::Value>>;

    ort::Status* run_session() noexcept;
    ort::Value* bind(std::span<float> data, std::span<const std::int64_t> shape);

    std::shared_ptr<const OnnxModel> model_;
    std::vector<const char*> input_names_;
    std::vector<const char*> output_names_;
    std::vector<std::string> next_names_;

    AlignedFloats frame_;
    AlignedFloats frame_out_;
    std::vector<float> controls_;
    std::array<std::vector<AlignedFloats>, 2> states_;

    Values values_; // keeps alive what the two below point to
    std::array<std::vector<const ort::Value*>, 2> inputs_;
    std::array<std::vector<ort::Value*>, 2> outputs_;
    std::size_t turn_ = 0; // which set of states the next run reads
};

} // namespace tonecast
