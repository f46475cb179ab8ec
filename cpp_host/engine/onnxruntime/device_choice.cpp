#include "engine/onnxruntime/device_choice.h"

#include "engine/message.h"

#include <algorithm>
#include <utility>

namespace tonecast {

void DeviceChoice::begin(bool has_gpu) {
    slow_runs_ = 0;
    gpu_us_ = cpu_us_ = 0.0;
    reason_.clear();
    state_.store(has_gpu ? State::gpu : State::cpu);
}

void DeviceChoice::compare(double gpu_us, double cpu_us) {
    gpu_us_ = gpu_us;
    cpu_us_ = cpu_us;
    if (gpu_us > cpu_us)
        fall_back(State::gpu_slower);
}

void DeviceChoice::ran(double gpu_us) noexcept {
    const bool slow = gpu_us > cpu_us_;
    slow_runs_ = slow ? slow_runs_ + 1 : std::max(0, slow_runs_ - 1);
    if (slow_runs_ < max_slow_runs)
        return;
    gpu_us_ = gpu_us;
    fall_back(State::gpu_became_slower);
}

void DeviceChoice::fail(std::string reason) {
    reason_ = std::move(reason);
    fall_back(State::gpu_failed);
}

std::string DeviceChoice::fallback_reason() const {
    const State state = state_.load(std::memory_order_acquire);
    if (state == State::gpu_failed)
        return "the GPU failed, the CPU has taken over (" + reason_ + ")";
    if (state == State::gpu_slower)
        return "the GPU is slower than the CPU (" + milliseconds(gpu_us_, 3) + " against " +
               milliseconds(cpu_us_, 3) + "), which plays instead";
    if (state == State::gpu_became_slower)
        return "the GPU has become slower than the CPU (" + milliseconds(gpu_us_, 3) + " against " +
               milliseconds(cpu_us_, 3) + "), which has taken over";
    return {};
}

} // namespace tonecast
