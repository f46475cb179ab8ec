// What the benchmark says of an effect is only worth something if a slow callback, a late wake-up
// and a lost block are told apart. Time is simulated here: nothing depends on the machine.

#include "engine/live/paced_driver.h"
#include "tests/check.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::int64_t block_ns = 1'000'000; // 48 samples at 48 kHz

struct Time {
    std::int64_t now_ns = 5'000'000'000;
    std::int64_t wakes_late_ns = 0;
    std::vector<std::int64_t> slept_until_ns;
};

/// Time passes only while a thread sleeps, or where a callback says so.
class TurnedClock : public tonecast::Clock {
public:
    explicit TurnedClock(Time& time) : time_(time) {}

    std::int64_t now_ns() noexcept override { return time_.now_ns; }
    void sleep_until_ns(std::int64_t time_ns) noexcept override {
        time_.slept_until_ns.push_back(time_ns);
        time_.now_ns = time_ns + time_.wakes_late_ns;
    }

private:
    Time& time_;
};

/// Drives callbacks that take so long each; blocks beyond them take none.
struct Driven {
    Driven(std::vector<std::int64_t> durations_ns, tonecast::DriveSettings settings,
           std::int64_t wakes_late_ns = 0) {
        time.wakes_late_ns = wakes_late_ns;
        auto callback = [this, durations_ns] {
            begun_ns.push_back(time.now_ns);
            if (begun_ns.size() <= durations_ns.size())
                time.now_ns += durations_ns[begun_ns.size() - 1];
        };
        driver = std::make_unique<tonecast::PacedDriver>(callback, settings,
                                                         std::make_unique<TurnedClock>(time));
        const std::int64_t start_ns = time.now_ns + block_ns;
        driver->start();
        while (!driver->finished())
            std::this_thread::yield();
        driver->stop();
        report = driver->report();
        for (std::int64_t& at_ns : begun_ns)
            at_ns -= start_ns;
    }

    Time time;
    std::vector<std::int64_t> begun_ns; // from when the first block was due
    std::unique_ptr<tonecast::PacedDriver> driver;
    tonecast::DriveReport report;
};

constexpr tonecast::DriveSettings paced(std::uint64_t blocks) {
    return {48000, 48, blocks, true};
}

bool near(float value, float wanted) {
    return std::fabs(value - wanted) <= 0.02F * wanted;
}

} // namespace

TEST(blocks_begin_when_they_are_due_and_all_durations_are_kept) {
    const Driven driven({100'000, 200'000, 900'000, 300'000}, paced(4));
    CHECK((driven.begun_ns == std::vector<std::int64_t>{0, block_ns, 2 * block_ns, 3 * block_ns}));
    CHECK(driven.report.played_blocks == 4);
    CHECK(driven.report.misses == 0);
    CHECK(driven.report.overruns == 0);
    CHECK(driven.report.skipped_blocks == 0);
    CHECK(driven.driver->callbacks().count() == 4);
    CHECK(driven.driver->callbacks().longest_us() == 900.0F);
    CHECK(near(driven.driver->callbacks().percentile_us(0.5), 200.0F));
}

TEST(a_callback_that_is_too_slow_is_a_miss_and_the_next_begins_at_once) {
    const Driven driven({1'500'000, 100'000}, paced(4));
    CHECK((driven.begun_ns == std::vector<std::int64_t>{0, 1'500'000, 2 * block_ns, 3 * block_ns}));
    CHECK(driven.report.misses == 1);
    CHECK(driven.report.overruns == 1);
    CHECK(driven.report.skipped_blocks == 0);
    CHECK(driven.driver->wake_ups().count() == 3); // it did not sleep for the second one
}

TEST(a_block_that_begins_late_and_ends_late_is_a_miss_though_it_took_no_longer_than_it_lasts) {
    const Driven driven({1'500'000, 800'000}, paced(4));
    CHECK(driven.report.misses == 2);
    CHECK(driven.report.overruns == 1);
}

TEST(blocks_whose_time_passed_are_skipped_and_are_misses) {
    // Ends in the middle of block 3's time: blocks 1 and 2 are gone, 3 is late but alive.
    const Driven driven({3'500'000}, paced(6));
    CHECK((driven.begun_ns == std::vector<std::int64_t>{0, 3'500'000, 4 * block_ns, 5 * block_ns}));
    CHECK(driven.report.played_blocks == 4);
    CHECK(driven.report.skipped_blocks == 2);
    CHECK(driven.report.misses == 3);
    CHECK(driven.report.overruns == 1);
}

TEST(every_block_is_played_or_skipped_to_the_end) {
    const Driven driven({20'500'000}, paced(10));
    CHECK(driven.report.played_blocks + driven.report.skipped_blocks == 10);
    CHECK(driven.report.misses == 10);
}

TEST(a_late_wake_up_is_told_apart_from_a_slow_callback) {
    const Driven in_time({300'000, 300'000, 300'000}, paced(3), 600'000);
    CHECK(in_time.report.misses == 0);
    CHECK(near(in_time.driver->wake_ups().percentile_us(0.5), 600.0F));
    CHECK(in_time.driver->callbacks().longest_us() == 300.0F);

    const Driven too_late({300'000}, paced(1), 900'000);
    CHECK(too_late.report.misses == 1);
    CHECK(too_late.report.overruns == 0);
}

TEST(free_running_drive_never_sleeps_and_only_slow_callbacks_miss) {
    const Driven driven({300'000, 1'200'000, 300'000}, {48000, 48, 3, false});
    CHECK(driven.time.slept_until_ns.empty());
    CHECK(driven.report.played_blocks == 3);
    CHECK(driven.report.misses == 1);
    CHECK(driven.report.overruns == 1);
    CHECK(driven.driver->wake_ups().count() == 0);
}

TEST(block_lengths_that_are_no_whole_nanoseconds_do_not_drift) {
    const Driven driven({}, {44100, 64, 44100 / 4, true}); // exactly 16 seconds
    CHECK(driven.begun_ns.size() == 11025);
    constexpr std::int64_t first_due_ns = 5'000'000'000 + 64LL * 1'000'000'000 / 44100;
    CHECK(driven.time.slept_until_ns.back() - first_due_ns == 11024LL * 64 * 1'000'000'000 / 44100);
}

TEST(a_drive_of_hours_stops_when_asked) {
    tonecast::PacedDriver driver([] {}, {48000, 480, 1'000'000'000'000, true});
    driver.start();
    while (driver.report().played_blocks < 2)
        std::this_thread::yield();
    driver.stop();
    CHECK(driver.finished());
    CHECK(driver.report().played_blocks == driver.callbacks().count());
    CHECK(!driver.report().allocations.has_value()); // the allocator is not replaced here
}
