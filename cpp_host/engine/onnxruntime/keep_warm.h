#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

namespace tonecast {

/// Keeps a GPU at its full clock between calls that are far apart: idle for some milliseconds it
/// clocks down, and the next frame takes several times as long. So `run` is called, whose output is
/// dropped, whenever nothing has been played for a moment; and no more once nothing has been played
/// for long. To be put on a thread of its own, by on_own_thread().
class KeepWarm {
public:
    struct Pace {
        std::chrono::nanoseconds idle; // since the last call, until it is kept warm
        std::chrono::nanoseconds long_idle;
    };

    explicit KeepWarm(std::function<void()> run,
                      Pace pace = {std::chrono::milliseconds(5), std::chrono::seconds(2)});

    /// Any thread, after each call. A system call only where it wakes the thread up.
    void played() noexcept;

    void work();
    void stop() noexcept;

private:
    static std::int64_t now_ns() noexcept;

    std::function<void()> run_;
    Pace pace_;
    std::atomic<std::int64_t> played_at_ns_{0}; // 0: never
    std::atomic<bool> stop_{false};
};

} // namespace tonecast
