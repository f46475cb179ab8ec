#pragma once

#include "engine/control/history.h"
#include "engine/control/window_reader.h"
#include "engine/inference/frame_executor.h"
#include "engine/inference/runner.h"
#include "engine/threads/real_time_worker.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tonecast {

/// Runs a predictor on one window of a history after the other: at once, on the calling thread, or
/// on a thread of its own (see on_own_thread()), which in live use keeps it off the audio thread.
///
/// Windows are collected in the order in which they were submitted. One that is not ready by then
/// is late: what the predictor may still make of it is dropped, and windows that are late before
/// their turn are passed over, so that the thread can catch up.
class PredictorExecutor {
public:
    /// Control thread. Takes a prepared runner and reader; no more than `max_pending` windows may
    /// ever be submitted and not collected. With a worker, a thread has to work().
    PredictorExecutor(std::unique_ptr<Runner> runner, WindowReader reader,
                      std::shared_ptr<const History> history, std::size_t max_pending, bool worker);

    // Audio thread, neither allocating nor locking (without a worker: as far as the backend).

    /// Forgets what was submitted.
    void reset() noexcept;

    /// All that this window is made of has come.
    void submit(const PredictorWindow& window) noexcept;

    /// The predictor's value for the oldest window not collected yet, NaN where it failed; nothing
    /// where it is late.
    std::optional<float> collect() noexcept;

    // Any thread.
    FrameCounts& counts() noexcept { return counts_; }
    const FrameCounts& counts() const noexcept { return counts_; }

    /// Whether the system has refused to let the worker run before ordinary threads, which should
    /// be below the audio thread and frames; asked for with the first window.
    bool missing_realtime_priority() const noexcept { return worker_.missing_realtime_priority(); }

    PlayedBy played_by() const { return runner_->played_by(); }

    /// Of the worker thread, until stop() is called on any other.
    void work() noexcept;
    void stop() noexcept { worker_.stop(); }

private:
    std::uint64_t collected() const noexcept { return collected_.load(std::memory_order_relaxed); }
    void run(std::uint64_t window) noexcept;

    struct Request {
        std::atomic<std::int64_t> stream_begin{0};
        std::atomic<std::int64_t> from{0};
    };

    std::unique_ptr<Runner> runner_;
    WindowReader reader_;
    std::shared_ptr<const History> history_;
    bool on_worker_;
    FrameCounts counts_;

    // Rings over windows, which are counted from 0 for good. A result holds the lower half of the
    // window's number + 1 above the bits of its value.
    std::vector<Request> requests_;
    std::vector<std::atomic<std::uint64_t>> results_;
    std::uint64_t submitted_ = 0;             // of the audio thread
    std::atomic<std::uint64_t> collected_{0}; // written by the audio thread

    RealTimeWorker worker_{2};      // one round a submitted window; frames come before it
    std::uint64_t next_window_ = 0; // of the worker
};

} // namespace tonecast
