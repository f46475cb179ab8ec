#include "engine/onnxruntime/onnx_runner.h"

#include "engine/error.h"
#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <utility>

namespace tonecast {

namespace {

constexpr int first_runs = 3; // in which ONNX Runtime allocates

double elapsed_us(std::chrono::steady_clock::time_point since) noexcept {
    using namespace std::chrono;
    return duration<double, std::micro>(steady_clock::now() - since).count();
}

} // namespace

OnnxRunner::OnnxRunner(std::shared_ptr<const OnnxModel> model) : model_(std::move(model)) {}

void OnnxRunner::prepare(int channels) {
    if (channels < 1)
        throw Error("a stream needs at least one channel");
    tensors_.emplace(model_->library(), model_->contract(), model_->states(), model_->taps(),
                     model_->is_linked(), channels);
    choice_.begin(model_->gpu_session() != nullptr);
    try {
        for (int i = 0; i < first_runs; ++i)
            model_->library().check(tensors_->run(model_->cpu_session()));
    } catch (const Error& error) {
        throw Error(model_->name() + ": it fails on " + std::to_string(channels) +
                    (channels == 1 ? " channel; " : " channels; ") + error.what());
    }
    if (choice_.on_gpu())
        compare_devices();
    reset();
    prewarm();
}

void OnnxRunner::prewarm() {
    const Contract& contract = model_->contract();
    if (contract.prewarm_samples == 0)
        return;
    // More silence than asked for changes nothing: the state rests.
    const FlushDenormals while_running;
    std::ranges::fill(frame(), 0.0F);
    for (int at = 0; at < contract.prewarm_samples; at += contract.frame_size_samples)
        model_->library().check(tensors_->run(model_->cpu_session()));
    tensors_->keep_state();
    reset();
}

void OnnxRunner::compare_devices() {
    std::mt19937 random(1);
    for (float& sample : frame()) // noise: silence may be quicker than sound
        sample = static_cast<float>(random()) / 4294967296.0F - 0.5F;
    try {
        for (int i = 0; i < first_runs; ++i)
            model_->library().check(tensors_->run(model_->gpu_session()));
        const double gpu_us = measure_us(model_->gpu_session());
        choice_.compare(gpu_us, measure_us(model_->cpu_session()));
    } catch (const Error& error) {
        choice_.fail(error.what());
    }
    std::ranges::fill(frame(), 0.0F);
}

double OnnxRunner::measure_us(ort::Session* session) {
    const FlushDenormals while_measuring;
    std::array<double, 7> took_us{};
    for (double& us : took_us) {
        const auto start = std::chrono::steady_clock::now();
        model_->library().check(tensors_->run(session));
        us = elapsed_us(start);
    }
    std::ranges::nth_element(took_us, took_us.begin() + took_us.size() / 2);
    return took_us[took_us.size() / 2];
}

bool OnnxRunner::run() noexcept {
    if (choice_.on_gpu() && run_on_gpu())
        return true;
    ort::Status* failed = tensors_->run(model_->cpu_session());
    model_->library().api.release_status(failed);
    return failed == nullptr;
}

bool OnnxRunner::run_on_gpu() noexcept {
    const auto start = std::chrono::steady_clock::now();
    ort::Status* failed = tensors_->run(model_->gpu_session());
    if (failed != nullptr)
        choice_.fail(model_->library().reason(failed));
    else
        choice_.ran(elapsed_us(start));
    model_->keep_warm().played();
    return failed == nullptr;
}

PlayedBy OnnxRunner::played_by() const {
    const std::string why = choice_.fallback_reason();
    if (choice_.on_gpu() || why.empty())
        return {"onnxruntime", choice_.on_gpu() ? "cuda" : "cpu", {}};
    return {"onnxruntime", "cpu", model_->contract().name + ": " + why};
}

} // namespace tonecast
