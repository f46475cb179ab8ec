#include "engine/onnxruntime/onnx_model.h"

#include "engine/error.h"
#include "engine/onnxruntime/delay_lines/shifting_states.h"
#include "engine/onnxruntime/fork_gate.h"
#include "engine/onnxruntime/onnx_runner.h"
#include "engine/onnxruntime/onnx_tensors.h"
#include "engine/threads/own_thread.h"

#include <array>
#include <string>
#include <utility>

namespace tonecast {

namespace {

using Options = OrtOwned<ort::SessionOptions>;

Options make_options(const OrtLibrary& ort) {
    const ort::Api& api = ort.api;
    ort::SessionOptions* created = nullptr;
    ort.check(api.create_session_options(&created));
    Options options(created, api.release_session_options);

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
    // main thread, flushing denormals for good. FlushDenormals does it while frames are run.
    return options;
}

void put_cuda_first(const OrtLibrary& ort, const Options& options) {
    const std::string max_memory = std::to_string(OrtLibrary::max_memory_bytes);
    const std::array keys{"gpu_mem_limit", "cudnn_conv_algo_search", "use_tf32"};
    // Nothing is tried out at length for each new shape; 10 bits of mantissa are not enough.
    const std::array values{max_memory.c_str(), "HEURISTIC", "0"};
    ort::CudaProviderOptions* created = nullptr;
    ort.check(ort.api.create_cuda_provider_options(&created));
    const OrtOwned cuda(created, ort.api.release_cuda_provider_options);
    ort.check(
        ort.api.update_cuda_provider_options(cuda.get(), keys.data(), values.data(), keys.size()));
    ort.check(ort.api.append_cuda_provider(options.get(), cuda.get()));
}

OrtOwned<ort::Session> make_session(const OrtLibrary& ort, const std::string& bytes,
                                    const Options& options) {
    const InsideOnnxRuntime guard;
    ort::Session* session = nullptr;
    ort.check(ort.api.create_session_from_array(ort.env, bytes.data(), bytes.size(), options.get(),
                                                &session));
    return {session, ort.api.release_session};
}

} // namespace

std::shared_ptr<const OnnxModel> OnnxModel::load(EffectFile file, Device device) {
    const OrtLibrary& library = OrtLibrary::get();
    const std::string name = file.name;
    try {
        return std::shared_ptr<const OnnxModel>(new OnnxModel(library, std::move(file), device));
    } catch (const Error& error) {
        throw Error(name + ": " + error.what());
    }
}

OnnxModel::OnnxModel(const OrtLibrary& library, EffectFile file, Device device)
    : library_(library), name_(std::move(file.name)), contract_(std::move(file.contract)),
      states_(std::move(file.states)), taps_(tap_shifting_states(file.bytes, contract_, states_)),
      is_linked_(file.is_linked),
      cpu_session_(make_session(library, file.bytes, make_options(library))) {
    if (device == Device::cpu)
        return;
    if (!library.has_cuda()) {
        if (device == Device::automatic)
            return;
        throw Error("the installed onnxruntime " + library.version +
                    " has no CUDA; run 'pip uninstall onnxruntime' and then 'pip install "
                    "onnxruntime-gpu[cuda,cudnn]' (of the two, which share a folder, only one may "
                    "be installed), or choose the device cpu or auto");
    }
    try {
        load_for_gpu(file.bytes);
    } catch (const Error& error) {
        if (device == Device::cuda)
            throw Error(std::string("the GPU cannot be used: ") + error.what() +
                        "; 'pip install onnxruntime-gpu[cuda,cudnn]' brings all that it needs but "
                        "NVIDIA's driver; or choose the device cpu or auto");
        fallback_reason_ =
            contract_.name + ": the GPU cannot be used, the CPU plays (" + error.what() + ")";
    }
}

void OnnxModel::load_for_gpu(const std::string& bytes) {
    const Options options = make_options(library_);
    put_cuda_first(library_, options);
    const auto session =
        std::make_shared<const OrtOwned<ort::Session>>(make_session(library_, bytes, options));
    const int channels =
        contract_.kind == Kind::effect ? contract_.channels.value_or(1) : predictor_channels;
    const auto silence =
        std::make_shared<OnnxTensors>(library_, contract_, states_, taps_, is_linked_, channels);
    keep_warm_ = on_own_thread(std::make_shared<KeepWarm>([&ort = library_, session, silence] {
        ort.api.release_status(silence->run(session->get())); // a failure shows in the next frame
    }));
    gpu_session_ = session;
}

std::unique_ptr<Runner> OnnxModel::make_runner() const {
    return std::make_unique<OnnxRunner>(shared_from_this());
}

} // namespace tonecast
