#pragma once

#include <atomic>
#include <string>

namespace tonecast {

/// Chooses between GPU and CPU for one stream, run by run. It begins on the GPU unless that was
/// measured to be slower, and leaves it for good when it fails, or when its runs have too often
/// taken longer than the CPU's were measured to take.
class DeviceChoice {
public:
    // Control thread, while nothing runs.

    /// Resets: on the GPU, where there is one.
    void begin(bool has_gpu);

    /// What a run takes on each, measured; the GPU must be the quicker one to be used.
    void compare(double gpu_us, double cpu_us);

    // The thread that runs the model.

    /// A run on the GPU took so long. Neither allocates nor locks.
    void ran(double gpu_us) noexcept;

    /// A run on the GPU has failed, and this is why.
    void fail(std::string reason);

    // Any thread.
    bool on_gpu() const noexcept { return state_.load(std::memory_order_acquire) == State::gpu; }

    /// Why the GPU was left, with the figures; empty where it was not.
    std::string fallback_reason() const;

private:
    enum class State { cpu, gpu, gpu_failed, gpu_slower, gpu_became_slower };

    // Slow runs count up and quick ones down: now and then one may be slow.
    static constexpr int max_slow_runs = 16;

    void fall_back(State why) noexcept { state_.store(why, std::memory_order_release); }

    std::atomic<State> state_{State::cpu};
    int slow_runs_ = 0;

    // Written before the state that speaks of them.
    double gpu_us_ = 0.0;
    double cpu_us_ = 0.0;
    std::string reason_;
};

} // namespace tonecast
