// When a stream leaves the GPU, and what is said about it; what keeps a GPU warm. With ONNX Runtime
// around it, and a library that claims to have a GPU, this is tested from Python.

#include "engine/onnxruntime/device_choice.h"
#include "engine/onnxruntime/keep_warm.h"
#include "engine/threads/own_thread.h"
#include "tests/check.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

using namespace tonecast;
using namespace std::chrono_literals;

namespace {

/// On the GPU, where a run was measured to take 2 ms against the CPU's 5 ms.
void begin_on_gpu(DeviceChoice& choice) {
    choice.begin(true);
    choice.compare(2000.0, 5000.0);
}

bool says(const DeviceChoice& choice, const std::string& part) {
    return choice.fallback_reason().find(part) != std::string::npos;
}

/// Counts what is run to keep something warm, on a thread of its own.
struct Warmed {
    explicit Warmed(KeepWarm::Pace pace)
        : keep_warm(on_own_thread(std::make_shared<KeepWarm>([runs = runs] { ++*runs; }, pace))) {}

    void wait_for_runs(int more) const {
        const int wanted = runs->load() + more;
        while (runs->load() < wanted)
            std::this_thread::yield();
    }

    std::shared_ptr<std::atomic<int>> runs = std::make_shared<std::atomic<int>>(0);
    std::shared_ptr<KeepWarm> keep_warm;
};

} // namespace

TEST(cpu_plays_silently_without_a_gpu) {
    DeviceChoice choice;
    choice.begin(false);
    CHECK(!choice.on_gpu());
    CHECK(choice.fallback_reason().empty());
}

TEST(faster_device_is_chosen_first) {
    DeviceChoice choice;
    begin_on_gpu(choice);
    CHECK(choice.on_gpu());
    CHECK(choice.fallback_reason().empty());

    choice.begin(true);
    choice.compare(12'300.0, 1100.0);
    CHECK(!choice.on_gpu());
    CHECK(says(choice, "slower than the CPU (12.3 ms against 1.1 ms)"));
}

TEST(gpu_failure_is_final) {
    DeviceChoice choice;
    begin_on_gpu(choice);
    choice.fail("out of memory");
    CHECK(!choice.on_gpu());
    CHECK(says(choice, "the GPU failed, the CPU has taken over (out of memory)"));

    begin_on_gpu(choice); // prepared again
    CHECK(choice.on_gpu());
    CHECK(choice.fallback_reason().empty());
}

TEST(gpu_is_kept_as_long_as_slow_runs_are_exceptions) {
    DeviceChoice choice;
    begin_on_gpu(choice);
    for (int i = 0; i < 10'000; ++i)
        choice.ran(i % 3 == 0 ? 50'000.0 : 2000.0);
    CHECK(choice.on_gpu());
}

TEST(a_gpu_that_has_become_slower_than_the_cpu_is_left) {
    DeviceChoice choice;
    begin_on_gpu(choice);
    int runs = 0;
    for (; choice.on_gpu() && runs < 1000; ++runs)
        choice.ran(runs % 4 == 0 ? 2000.0 : 7000.0);
    CHECK(runs < 40);
    CHECK(says(choice, "has become slower than the CPU (7 ms against 5 ms)"));
}

TEST(gpu_is_not_kept_warm_before_the_first_run) {
    const Warmed warmed({1us, 1h});
    std::this_thread::sleep_for(5ms);
    CHECK(*warmed.runs == 0);
}

TEST(gpu_is_kept_warm_between_calls) {
    const Warmed warmed({1us, 1h});
    warmed.keep_warm->played();
    warmed.wait_for_runs(3); // hangs otherwise
}

TEST(calls_that_follow_each_other_are_left_alone) {
    const Warmed warmed({1h, 2h});
    for (int i = 0; i < 100; ++i)
        warmed.keep_warm->played();
    std::this_thread::sleep_for(1ms);
    CHECK(*warmed.runs == 0);
}

TEST(idle_gpu_cools_down_and_is_warmed_again) {
    const Warmed warmed({1ms, 50ms});
    for (int i = 0; i < 2; ++i) {
        const int cold = *warmed.runs;
        while (*warmed.runs == cold) { // its thread may be held up for longer than it keeps warm
            warmed.keep_warm->played();
            std::this_thread::sleep_for(10ms);
        }
        std::this_thread::sleep_for(100ms);
        const int before = *warmed.runs;
        std::this_thread::sleep_for(20ms);
        CHECK(*warmed.runs <= before + 1); // one may have been under way
    }
}
