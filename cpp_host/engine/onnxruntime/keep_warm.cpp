#include "engine/onnxruntime/keep_warm.h"

#include <thread>
#include <utility>

namespace tonecast {

KeepWarm::KeepWarm(std::function<void()> run, Pace pace) : run_(std::move(run)), pace_(pace) {}

std::int64_t KeepWarm::now_ns() noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::nanoseconds(now).count();
}

void KeepWarm::played() noexcept {
    played_at_ns_.store(now_ns());
    played_at_ns_.notify_one();
}

void KeepWarm::work() {
    for (;;) {
        const std::int64_t played_at_ns = played_at_ns_.load(); // first: stop() changes it last
        if (stop_.load())
            return;
        const std::chrono::nanoseconds idle(now_ns() - played_at_ns);
        if (played_at_ns == 0 || idle > pace_.long_idle) {
            played_at_ns_.wait(played_at_ns);
        } else if (idle < pace_.idle) {
            std::this_thread::sleep_for(pace_.idle - idle);
        } else {
            run_();
            std::this_thread::sleep_for(pace_.idle);
        }
    }
}

void KeepWarm::stop() noexcept {
    stop_.store(true);
    played_at_ns_.store(-1); // any change wakes the thread, which looks at stop_ next
    played_at_ns_.notify_one();
}

} // namespace tonecast
