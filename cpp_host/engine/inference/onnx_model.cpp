#include "engine/inference/onnx_model.h"

#include "engine/error.h"
#include "engine/inference/onnx_runner.h"

#include <string>
#include <utility>

namespace tonecast {

namespace {

OrtOwned<ort::Session> make_session(const OrtLibrary& ort, const std::string& bytes) {
    const ort::Api& api = ort.api;
    ort::SessionOptions* created = nullptr;
    ort.check(api.create_session_options(&created));
    const OrtOwned options(created, api.release_session_options);

    // One thread, the caller's: a pool of others would have to be woken within the deadline.
    ort.check(api.set_intra_op_num_threads(options.get(), 1));
    ort.check(api.set_session_execution_mode(options.get(), ort::execute_sequentially));
    ort.check(api.set_session_graph_optimization_level(options.get(), ort::optimise_all));
    ort.check(api.set_session_log_severity_level(options.get(), ort::severity_fatal));
    // Memory comes from the arena of OrtLibrary, which is limited; constants that are computed
    // while loading come from elsewhere.
    ort.check(api.add_session_config_entry(options.get(), "session.use_env_allocators", "1"));
    ort.check(api.add_session_config_entry(
        options.get(), "optimization.constant_folding_max_output_size_in_bytes", "67108864"));
    // Not session.set_denormal_as_zero: it leaves the thread that loads the model, in Python the
    // main thread, flushing denormals for good. Whoever runs frames does it for their duration.

    ort::Session* session = nullptr;
    ort.check(api.create_session_from_array(ort.env, bytes.data(), bytes.size(), options.get(),
                                            &session));
    return {session, api.release_session};
}

} // namespace

std::shared_ptr<const OnnxModel> OnnxModel::load(EffectFile file) {
    const OrtLibrary& library = OrtLibrary::get();
    const std::string name = file.name;
    try {
        return std::shared_ptr<const OnnxModel>(new OnnxModel(library, std::move(file)));
    } catch (const Error& error) {
        throw Error(name + ": " + error.what());
    }
}

OnnxModel::OnnxModel(const OrtLibrary& library, EffectFile file)
    : library_(library), name_(std::move(file.name)), contract_(std::move(file.contract)),
      states_(std::move(file.states)), session_(make_session(library, file.bytes)) {}

std::unique_ptr<Runner> OnnxModel::make_runner() const {
    return std::make_unique<OnnxRunner>(shared_from_this());
}

} // namespace tonecast
