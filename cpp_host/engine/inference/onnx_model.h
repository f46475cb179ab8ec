#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/inference/model.h"
#include "engine/inference/ort_library.h"

#include <memory>
#include <string>
#include <vector>

namespace tonecast {

/// A frame effect or a predictor in ONNX Runtime, on the CPU and on the thread that runs it. One
/// session serves all streams: it may be run from several threads at once.
class OnnxModel : public Model, public std::enable_shared_from_this<OnnxModel> {
public:
    /// Throws Error where ONNX Runtime is missing or refuses the graph.
    static std::shared_ptr<const OnnxModel> load(EffectFile file);

    const Contract& contract() const noexcept override { return contract_; }
    std::string backend() const override { return "onnxruntime"; }
    bool is_real_time_safe() const noexcept override { return false; }
    std::unique_ptr<Runner> make_runner() const override;

    // For its runners.
    const OrtLibrary& library() const noexcept { return library_; }
    ort::Session* session() const noexcept { return session_.get(); }
    const std::vector<StateTensor>& states() const noexcept { return states_; }
    const std::string& name() const noexcept { return name_; }

private:
    OnnxModel(const OrtLibrary& library, EffectFile file);

    const OrtLibrary& library_;
    std::string name_;
    Contract contract_;
    std::vector<StateTensor> states_;
    OrtOwned<ort::Session> session_;
};

} // namespace tonecast
