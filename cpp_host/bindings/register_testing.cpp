#include "bindings/engine_handle.h"
#include "bindings/loaded_model.h"
#include "bindings/register.h"
#include "bindings/samples.h"
#include "bindings/wavenet_steps.h"
#include "engine/effect_file/effect_file.h"
#include "engine/effect_file/graph_check/graph_check.h"
#include "engine/effect_file/graph_check/operators.h"
#include "engine/effect_file/onnx_graph.h"
#include "engine/families/autoencoder/kernel_model.h"
#include "engine/families/autoencoder/kernel_runner.h"
#include "engine/families/autoencoder/runnable.h"
#include "engine/inference/model.h"
#include "engine/kernels/instruction_sets.h"
#include "engine/onnxruntime/delay_lines/shifting_states.h"
#include "engine/signal/audio_buffer.h"
#include "engine/signal/flush_denormals.h"
#include "engine/signal/resampler.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <map>
#include <pybind11/stl.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace tonecast {

namespace {

/// Resamples one channel in a single block, from the instant 0 on.
Samples resample(const Samples& in, int input_rate_hz, int output_rate_hz) {
    check_samples(in, 1, "signal");
    const int n = static_cast<int>(in.shape(1));
    Resampler resampler;
    resampler.prepare(input_rate_hz, output_rate_hz, 1, n);
    AudioBuffer input;
    input.resize(1, n);
    std::copy_n(in.data(), n, input.channel(0));
    AudioBuffer output;
    output.resize(1, resampler.max_output_samples(n));
    const int written = resampler.process(input, n, output);
    Samples out({py::ssize_t{1}, static_cast<py::ssize_t>(written)});
    std::copy_n(output.channel(0), written, out.mutable_data());
    return out;
}

std::vector<std::string> instruction_sets() {
    const std::vector<std::string_view> names = kernels::instruction_sets();
    return {names.begin(), names.end()};
}

std::int64_t now_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::nanoseconds(now).count();
}

/// How long each stage took for each frame, in µs.
std::map<std::string, std::vector<double>> kernel_stages(const std::string& path,
                                                         const std::string& backend,
                                                         const std::string& instruction_set,
                                                         const Samples& frames) {
    if (frames.ndim() != 2 || frames.shape(1) != kernels::frame_samples)
        throw py::value_error("frames must have the shape [n, 1024]");
    const auto route = backend == "kernel-exact" ? kernels::Route::direct : kernels::Route::fft;
    KernelRunner runner(KernelModel::load(read_effect_file(path), route, instruction_set));
    runner.prepare(1);
    std::map<std::string, std::vector<double>> took_us;
    for (py::ssize_t i = 0; i < frames.shape(0); ++i) {
        kernels::StageTimes times{&now_ns, {}};
        std::copy_n(frames.data(i, 0), kernels::frame_samples, runner.frame().begin());
        runner.run(&times);
        for (std::size_t stage = 0; stage < std::size(times.ns); ++stage)
            took_us[kernels::stage_names[stage]].push_back(static_cast<double>(times.ns[stage]) /
                                                           1000.0);
    }
    return took_us;
}

/// How long a causal model took for each block of a sound, in µs.
std::vector<double> time_blocks(const LoadedModel& loaded, const Samples& sound, int block,
                                const std::map<std::string, float>& controls) {
    const auto runner = loaded.model->make_causal_runner();
    if (runner == nullptr || sound.ndim() != 2 || block < 1)
        throw py::value_error("give a model that plays sample by sample, and blocks of a sound");
    const auto channels = static_cast<int>(sound.shape(0));
    runner->prepare(channels);
    for (const auto& [name, value] : controls)
        runner->controls()[control_index(loaded.model->contract(), name)] = value;
    runner->follow_controls();
    AudioBuffer out;
    out.resize(channels, block);
    std::vector<float*> outs;
    for (int c = 0; c < channels; ++c)
        outs.push_back(out.channel(c));
    std::vector<const float*> ins(outs.size());
    std::vector<double> took_us;
    const FlushDenormals while_running;
    for (py::ssize_t at = 0; at + block <= sound.shape(1); at += block) {
        for (std::size_t c = 0; c < ins.size(); ++c)
            ins[c] = sound.data(static_cast<py::ssize_t>(c), at);
        const std::int64_t start_ns = now_ns();
        runner->process(ins.data(), outs.data(), block);
        took_us.push_back(static_cast<double>(now_ns() - start_ns) / 1000.0);
    }
    return took_us;
}

/// The highest of a few measurements, in units a ns.
template <typename Work>
double best_rate(double units, Work work) {
    double best = 0.0;
    float kept = 0.0F;
    for (int i = 0; i < 50; ++i) {
        const std::int64_t start_ns = now_ns();
        kept += work();
        const auto took_ns = static_cast<double>(now_ns() - start_ns);
        best = std::max(best, units / took_ns);
    }
    return kept == -1.0F ? 0.0 : best; // it is never −1, but the compiler cannot know
}

/// Peak rate of products and sums in GFLOP/s, and GB/s read from so many bytes over and over.
std::map<std::string, double> machine_limits(const std::string& instruction_set) {
    for (const kernels::FrameKernel* kernel : kernels::runnable()) {
        if (instruction_set != kernel->name)
            continue;
        constexpr long rounds = 20'000;
        std::map<std::string, double> limits{
            {"gflops", best_rate(static_cast<double>(rounds * kernel->flops_a_round),
                                 [&] { return kernel->multiply_and_add(rounds); })}};
        for (const std::size_t kib : {16U, 512U, 4096U}) {
            const AlignedFloats data(kib * 256);
            const auto times = 16384 / kib;
            limits[std::to_string(kib) + " KiB"] =
                best_rate(static_cast<double>(1024 * kib * times), [&] {
                    float sum = 0.0F;
                    for (std::size_t i = 0; i < times; ++i)
                        sum += kernel->read_through(data.span().data(), data.span().size());
                    return sum;
                });
        }
        return limits;
    }
    throw py::value_error("this machine runs no kernel for " + instruction_set);
}

py::list describe(const std::vector<Slot>& slots) {
    // In the order of Types.
    constexpr const char* types[] = {"floating", "number", "any",  "bool",
                                     "int32",    "int64",  "index"};
    py::list described;
    for (const Slot& slot : slots) {
        const char* kind = slot.is_variadic ? "variadic" : slot.is_optional ? "optional" : "single";
        described.append(
            py::make_tuple(std::string(slot.name), kind, types[static_cast<int>(slot.types)]));
    }
    return described;
}

/// The table of operators, one dictionary each.
py::list describe_operators() {
    py::list described;
    for (const Signature& signature : operators()) {
        py::dict attributes;
        for (const AttributeRule& rule : signature.attributes) {
            py::dict one;
            one["type"] = static_cast<int>(rule.type);
            one["required"] = rule.is_required;
            one["range"] = py::make_tuple(rule.lowest, rule.highest);
            one["choices"] = std::vector<std::string>(rule.choices.begin(), rule.choices.end());
            attributes[py::str(std::string(rule.name))] = one;
        }
        py::dict one;
        one["type"] = std::string(signature.type);
        one["inputs"] = describe(signature.inputs);
        one["outputs"] = describe(signature.outputs);
        one["attributes"] = attributes;
        described.append(one);
    }
    return described;
}

std::map<std::string, std::pair<int, TensorShape>> shapes_of(const py::bytes& model,
                                                             std::int64_t channels) {
    std::map<std::string, std::pair<int, TensorShape>> shapes;
    for (auto& [name, tensor] :
         tonecast::infer_shapes(read_onnx_graph(std::string_view(model)), channels))
        shapes[name] = {static_cast<int>(tensor.type), tensor.shape};
    return shapes;
}

/// The states that ONNX Runtime is not given whole: the delays of the windows that it gets.
std::map<std::string, std::vector<std::size_t>> delay_lines(const std::string& path) {
    EffectFile file = read_effect_file(path);
    const std::vector<Taps> taps = tap_shifting_states(file.bytes, file.contract, file.states);
    std::map<std::string, std::vector<std::size_t>> delays;
    for (std::size_t i = 0; i < taps.size(); ++i)
        if (!taps[i].delays.empty())
            delays[file.states[i].name] = taps[i].delays;
    return delays;
}

} // namespace

void register_testing(py::module_& module) {
    auto testing = module.def_submodule("testing", "Single stages, for tests and benchmarks.");
    testing.def("resample", &resample, py::arg("signal").noconvert(), py::arg("input_rate_hz"),
                py::arg("output_rate_hz"));
    testing.def("operators", &describe_operators);
    testing.def("infer_shapes", &shapes_of, py::arg("model"), py::arg("channels"));
    testing.def("delay_lines", &delay_lines, py::arg("path"));
    testing.def("instruction_sets", &instruction_sets);
    testing.def("machine_limits", &machine_limits, py::arg("instruction_set"));
    testing.def("time_blocks", &time_blocks, py::arg("model"), py::arg("sound").noconvert(),
                py::arg("block_samples"), py::arg("controls") = std::map<std::string, float>());
    testing.def("kernel_stages", &kernel_stages, py::arg("path"), py::arg("backend"),
                py::arg("instruction_set"), py::arg("frames").noconvert());
    testing.def("wavenet_steps", &wavenet_steps, py::arg("network"), py::arg("instruction_set"),
                py::arg("chunks"));
}

} // namespace tonecast
