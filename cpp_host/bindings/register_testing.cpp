#include "bindings/register.h"
#include "bindings/samples.h"
#include "engine/inference/model.h"
#include "engine/signal/resampler.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

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

} // namespace

void register_testing(py::module_& module) {
    auto testing = module.def_submodule("testing", "Single stages, for tests and benchmarks.");
    testing.def("resample", &resample, py::arg("signal").noconvert(), py::arg("input_rate_hz"),
                py::arg("output_rate_hz"));
}

} // namespace tonecast
