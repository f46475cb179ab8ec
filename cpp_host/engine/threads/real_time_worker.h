#pragma once

#include "engine/nonblocking.h"
#include "engine/signal/flush_denormals.h"
#include "engine/threads/thread_priority.h"

#include <atomic>
#include <semaphore>

namespace tonecast {

/// The loop of a thread that works for the audio thread: one round each time that it is woken, at a
/// priority below the audio thread's. on_own_thread() starts and ends the thread itself.
class RealTimeWorker {
public:
    /// How many steps of real-time priority below the audio thread it is to run.
    explicit RealTimeWorker(int steps_below) : steps_below_(steps_below) {}

    /// Audio thread: one round more is due. Neither allocates nor locks; a futex call at the most.
    void wake() noexcept {
        audio_thread_.store(current_thread(), std::memory_order_relaxed);
        const AllowedSystemCall to_wake_it;
        wake_.release();
    }

    /// The worker's own thread, until stop() is called on any other: `round` once for each wake().
    template <typename Round>
    void work(Round round) noexcept {
        const FlushDenormals while_working;
        for (;;) {
            wake_.acquire();
            if (stop_.load())
                return;
            follow_priority();
            round();
        }
    }

    /// Any other thread.
    void stop() noexcept {
        stop_.store(true);
        wake_.release();
    }

    /// Any thread: whether the system has refused to let the worker run before ordinary threads. It
    /// is asked with the first round.
    bool missing_realtime_priority() const noexcept {
        return missing_realtime_priority_.load(std::memory_order_relaxed);
    }

private:
    void follow_priority() noexcept {
        const ThreadId audio_thread = audio_thread_.load(std::memory_order_relaxed);
        if (audio_thread == followed_)
            return;
        followed_ = audio_thread;
        missing_realtime_priority_.store(!run_below(audio_thread, steps_below_),
                                         std::memory_order_relaxed);
    }

    int steps_below_;
    std::counting_semaphore<> wake_{0};
    std::atomic<bool> stop_{false};
    std::atomic<ThreadId> audio_thread_{};
    ThreadId followed_{}; // of the worker: whose priority it has taken after
    std::atomic<bool> missing_realtime_priority_{false};
};

} // namespace tonecast
