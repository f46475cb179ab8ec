#pragma once

#include "engine/inference/frame_executor.h"
#include "engine/inference/runner.h"
#include "engine/signal/finite.h"

#include <algorithm>
#include <chrono>

namespace tonecast {

/// Runs a frame and keeps the time. False where the model failed or its output is not finite: the
/// runner is then reset, because its state may carry the fault on.
inline bool timed_run(Runner& runner, FrameCounts& counts) noexcept {
    using namespace std::chrono;
    const auto start = steady_clock::now();
    const bool good = runner.run() && is_finite(runner.frame_out());
    const float took_us = duration<float, std::micro>(steady_clock::now() - start).count();
    constexpr auto relaxed = std::memory_order_relaxed;
    counts.last_frame_us.store(took_us, relaxed);
    counts.longest_frame_us.store(std::max(took_us, counts.longest_frame_us.load(relaxed)),
                                  relaxed);
    if (!good)
        runner.reset();
    return good;
}

} // namespace tonecast
