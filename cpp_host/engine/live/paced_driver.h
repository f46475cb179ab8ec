#pragma once

#include "engine/live/duration_histogram.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace tonecast {

/// Tells the time and waits for it. Tests have one that they set.
class Clock {
public:
    virtual ~Clock() = default;
    virtual std::int64_t now_ns() noexcept = 0;
    virtual void sleep_until_ns(std::int64_t time_ns) noexcept = 0;
};

/// The system's, which is never set back.
class MonotonicClock : public Clock {
public:
    std::int64_t now_ns() noexcept override;
    void sleep_until_ns(std::int64_t time_ns) noexcept override;
};

/// How a callback is driven.
struct DriveSettings {
    int sample_rate_hz = 48000;
    int block_samples = 256;
    std::uint64_t blocks = 0; // to be driven
    bool paced = true;        // at the real rate; otherwise one block after the other
};

/// What happened so far. Each block driven is played or skipped.
struct DriveReport {
    std::uint64_t played_blocks = 0;
    std::uint64_t skipped_blocks = 0; // due while an earlier block was still being played
    std::uint64_t misses = 0;         // blocks not finished when the next one was due, or skipped
    std::uint64_t overruns = 0;       // callbacks that by themselves took longer than a block lasts
    std::optional<std::uint64_t> allocations; // within callbacks; none where they are not counted
    std::optional<std::uint64_t> frees;
    bool has_priority = false; // whether the system lets the thread run before ordinary ones
};

/// Stands in for a sound card: calls back for block after block on a thread of its own, and keeps
/// the time that each callback took.
///
/// Paced, the k-th block is due k block lengths after the start and must be finished when the next
/// one is due; if it is not, the next one begins at once, and blocks whose whole time has passed
/// meanwhile are skipped: a sound card does not wait. How late the thread itself is woken is kept
/// apart: it says what the machine did, whatever is called.
class PacedDriver {
public:
    using Callback = std::function<void()>; // plays one block; must not throw

    PacedDriver(Callback callback, const DriveSettings& settings,
                std::unique_ptr<Clock> clock = std::make_unique<MonotonicClock>());
    ~PacedDriver(); // stops

    /// Once.
    void start();

    /// Returns when the callback under way has ended.
    void stop();

    // Any thread, at any time.
    bool finished() const noexcept { return finished_.load(std::memory_order_acquire); }
    DriveReport report() const noexcept;
    const DurationHistogram& callbacks() const noexcept { return callbacks_; }

    /// From when a block was due to when its callback began, for blocks that the thread slept for.
    const DurationHistogram& wake_ups() const noexcept { return wake_ups_; }

private:
    void drive() noexcept;
    std::int64_t offset_ns(std::uint64_t block) const noexcept;

    Callback callback_;
    DriveSettings settings_;
    std::unique_ptr<Clock> clock_;

    DurationHistogram callbacks_;
    DurationHistogram wake_ups_;
    std::atomic<std::uint64_t> played_blocks_{0};
    std::atomic<std::uint64_t> skipped_blocks_{0};
    std::atomic<std::uint64_t> misses_{0};
    std::atomic<std::uint64_t> overruns_{0};
    std::atomic<bool> counts_allocations_{false};
    std::atomic<std::uint64_t> allocations_{0};
    std::atomic<std::uint64_t> frees_{0};
    std::atomic<bool> has_priority_{false};

    std::atomic<bool> stop_{false};
    std::atomic<bool> finished_{false};
    std::thread thread_;
};

} // namespace tonecast
