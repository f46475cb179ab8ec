#pragma once

#include "engine/inference/runner.h"
#include "engine/onnxruntime/device_choice.h"
#include "engine/onnxruntime/onnx_model.h"
#include "engine/onnxruntime/onnx_tensors.h"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace tonecast {

/// Runs an OnnxModel for one stream, on the GPU as long as that is worth it. From the one device to
/// the other nothing is heard: the state lies in the CPU's memory, and a frame that fails on the
/// GPU is run again.
class OnnxRunner : public Runner {
public:
    explicit OnnxRunner(std::shared_ptr<const OnnxModel> model);

    /// Also runs the model a few times: ONNX Runtime allocates on the first runs, a graph that does
    /// not work for so many channels shows here and not in the middle of a stream, and where there
    /// is a GPU the quicker device is chosen. Plays the silence that a causal model wants to hear
    /// first, so that reset() need not.
    void prepare(int channels) override;

    void reset() noexcept override { tensors_->reset(); }
    std::span<float> frame() noexcept override { return tensors_->frame(); }
    std::span<float> controls() noexcept override { return tensors_->controls(); }
    std::span<const float> frame_out() const noexcept override { return tensors_->frame_out(); }

    /// ONNX Runtime may allocate and lock inside.
    bool run() noexcept override;

    PlayedBy played_by() const override;

private:
    void prewarm();
    void compare_devices();
    double measure_us(ort::Session* session);
    bool run_on_gpu() noexcept;

    std::shared_ptr<const OnnxModel> model_;
    std::optional<OnnxTensors> tensors_; // once it is prepared
    DeviceChoice choice_;
};

} // namespace tonecast
