#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/inference/device.h"
#include "engine/inference/model.h"
#include "engine/onnxruntime/delay_lines/delay_line.h"
#include "engine/onnxruntime/keep_warm.h"
#include "engine/onnxruntime/ort_library.h"

#include <memory>
#include <string>
#include <vector>

namespace tonecast {

/// A frame effect or a predictor in ONNX Runtime, on the thread that runs it. One session serves
/// all streams: it may be run from several threads at once. Where a GPU is to play, there is one
/// session for that, and the CPU's stands by.
class OnnxModel : public Model, public std::enable_shared_from_this<OnnxModel> {
public:
    /// Throws Error where ONNX Runtime is missing or refuses the graph, and where it has to play on
    /// a GPU and cannot.
    static std::shared_ptr<const OnnxModel> load(EffectFile file, Device device = Device::cpu);

    const Contract& contract() const noexcept override { return contract_; }
    PlayedBy played_by() const override {
        return {"onnxruntime", gpu_session_ ? "cuda" : "cpu", fallback_reason_};
    }
    bool is_real_time_safe() const noexcept override { return false; }
    std::unique_ptr<Runner> make_runner() const override;

    // For its runners.
    const OrtLibrary& library() const noexcept { return library_; }
    ort::Session* cpu_session() const noexcept { return cpu_session_.get(); }
    ort::Session* gpu_session() const noexcept { // null where the CPU plays
        return gpu_session_ ? gpu_session_->get() : nullptr;
    }
    KeepWarm& keep_warm() const noexcept { return *keep_warm_; } // where there is a GPU's session
    const std::vector<StateTensor>& states() const noexcept { return states_; }
    const std::vector<Taps>& taps() const noexcept { return taps_; } // one for each state
    bool is_linked() const noexcept { return is_linked_; }
    const std::string& name() const noexcept { return name_; }

private:
    OnnxModel(const OrtLibrary& library, EffectFile file, Device device);

    void load_for_gpu(const std::string& bytes);

    const OrtLibrary& library_;
    std::string name_;
    Contract contract_;
    std::vector<StateTensor> states_;
    std::vector<Taps> taps_;
    bool is_linked_;
    OrtOwned<ort::Session> cpu_session_;
    std::shared_ptr<const OrtOwned<ort::Session>> gpu_session_;
    std::shared_ptr<KeepWarm> keep_warm_;
    std::string fallback_reason_;
};

} // namespace tonecast
