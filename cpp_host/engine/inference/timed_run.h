#pragma once

#include "engine/inference/frame_executor.h"
#include "engine/inference/runner.h"
#include "engine/signal/finite.h"

#include <algorithm>
#include <chrono>

namespace tonecast {

/// Runs a model and keeps the time. `run` says whether what came of it is audio.
template <typename Run>
bool timed(FrameCounts& counts, Run run) noexcept {
    using namespace std::chrono;
    const auto start = steady_clock::now();
    const bool good = run();
    const float took_us = duration<float, std::micro>(steady_clock::now() - start).count();
    constexpr auto relaxed = std::memory_order_relaxed;
    counts.last_frame_us.store(took_us, relaxed);
    counts.longest_frame_us.store(std::max(took_us, counts.longest_frame_us.load(relaxed)),
                                  relaxed);
    return good;
}

/// Runs a frame. False where the model failed or its output is not finite: the runner is then
/// reset, because its state may carry the fault on.
inline bool timed_run(Runner& runner, FrameCounts& counts) noexcept {
    const bool good = timed(counts, [&] { return runner.run() && is_finite(runner.frame_out()); });
    if (!good)
        runner.reset();
    return good;
}

} // namespace tonecast
