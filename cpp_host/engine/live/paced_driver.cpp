#include "engine/live/paced_driver.h"

#include "engine/live/allocator_calls.h"

#include <chrono>
#include <ctime>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace tonecast {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::int64_t second_ns = 1'000'000'000;

bool raise_priority() noexcept {
#if defined(__unix__) || defined(__APPLE__)
    sched_param parameters{};
    parameters.sched_priority = 80; // as audio servers' own threads: above our workers
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0;
#else
    return false;
#endif
}

float to_us(std::int64_t time_ns) noexcept {
    return static_cast<float>(time_ns) / 1000.0F;
}

} // namespace

std::int64_t MonotonicClock::now_ns() noexcept {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

void MonotonicClock::sleep_until_ns(std::int64_t time_ns) noexcept {
#if defined(__linux__) // where std::chrono's steady clock is this one
    timespec until{};
    until.tv_sec = static_cast<std::time_t>(time_ns / second_ns);
    until.tv_nsec = static_cast<long>(time_ns % second_ns);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
    } // a signal came: sleep again
#else
    using namespace std::chrono;
    std::this_thread::sleep_until(
        steady_clock::time_point(duration_cast<steady_clock::duration>(nanoseconds(time_ns))));
#endif
}

PacedDriver::PacedDriver(Callback callback, const DriveSettings& settings,
                         std::unique_ptr<Clock> clock)
    : callback_(std::move(callback)), settings_(settings), clock_(std::move(clock)) {}

PacedDriver::~PacedDriver() {
    stop();
}

void PacedDriver::start() {
    thread_ = std::thread(&PacedDriver::drive, this);
}

void PacedDriver::stop() {
    stop_.store(true);
    if (thread_.joinable())
        thread_.join();
}

DriveReport PacedDriver::report() const noexcept {
    DriveReport report;
    report.played_blocks = played_blocks_.load(relaxed);
    report.skipped_blocks = skipped_blocks_.load(relaxed);
    report.misses = misses_.load(relaxed);
    report.overruns = overruns_.load(relaxed);
    if (counts_allocations_.load(relaxed)) {
        report.allocations = allocations_.load(relaxed);
        report.frees = frees_.load(relaxed);
    }
    report.has_priority = has_priority_.load(relaxed);
    return report;
}

/// Of a block from the start, without rounding errors that add up: soaks last for hours.
std::int64_t PacedDriver::offset_ns(std::uint64_t block) const noexcept {
    const auto rate_hz = static_cast<std::uint64_t>(settings_.sample_rate_hz);
    const std::uint64_t samples = block * static_cast<std::uint64_t>(settings_.block_samples);
    constexpr auto second = static_cast<std::uint64_t>(second_ns);
    return static_cast<std::int64_t>(samples / rate_hz * second +
                                     samples % rate_hz * second / rate_hz);
}

void PacedDriver::drive() noexcept {
    if (settings_.paced) // a thread that never sleeps would take the core from all others
        has_priority_.store(raise_priority(), relaxed);
    AllocatorCalls unseen{};
    AllocatorCalls* const counted = allocator_calls();
    AllocatorCalls& calls = counted != nullptr ? *counted : unseen;
    counts_allocations_.store(counted != nullptr, relaxed);

    const std::int64_t block_ns = offset_ns(1);
    const std::int64_t start_ns = clock_->now_ns() + block_ns;
    for (std::uint64_t block = 0; block < settings_.blocks && !stop_.load(relaxed);) {
        // Unpaced, a block is due when its turn has come.
        const std::int64_t turn_ns = clock_->now_ns();
        const std::int64_t due_ns = settings_.paced ? start_ns + offset_ns(block) : turn_ns;
        const bool sleeps = due_ns > turn_ns;
        if (sleeps)
            clock_->sleep_until_ns(due_ns);

        const std::int64_t begin_ns = clock_->now_ns();
        calls.armed = true;
        callback_();
        calls.armed = false;
        const std::int64_t end_ns = clock_->now_ns();

        ++block;
        callbacks_.add(to_us(end_ns - begin_ns));
        if (sleeps)
            wake_ups_.add(to_us(begin_ns - due_ns));
        allocations_.store(calls.allocations, relaxed);
        frees_.store(calls.frees, relaxed);
        if (end_ns - begin_ns > block_ns)
            overruns_.fetch_add(1, relaxed);
        if (end_ns > (settings_.paced ? start_ns + offset_ns(block) : begin_ns + block_ns))
            misses_.fetch_add(1, relaxed);
        for (; settings_.paced && block < settings_.blocks &&
               end_ns >= start_ns + offset_ns(block + 1);
             ++block) {
            skipped_blocks_.fetch_add(1, relaxed);
            misses_.fetch_add(1, relaxed);
        }
        played_blocks_.fetch_add(1, relaxed);
    }
    finished_.store(true, std::memory_order_release);
}

} // namespace tonecast
