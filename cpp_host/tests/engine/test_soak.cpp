// Live use as fast as the worker keeps up, for minutes, or an hour: TONECAST_SOAK_MINUTES=60.
// Models that fail, hang and give NaN, starved cores, knobs that eight threads turn, and a swap
// every three seconds. The model passes its frames on, so whatever happens the output is the input,
// late by the latency: sample by sample.

#include "engine/live/engine_crossfader.h"
#include "tests/check.h"
#include "tests/engine/streams.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

using namespace streams;
using tonecast::Engine;
using tonecast::EngineCrossfader;
using tonecast::Mode;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true; // freed memory is kept for a while, to find later uses of it
constexpr int default_minutes = 2;
#else
constexpr bool sanitized = false;
constexpr int default_minutes = 10;
#endif
constexpr int rate_hz = 48000;
constexpr std::int64_t between_swaps = 3 * rate_hz;
constexpr int largest_block = 1024;

/// Passes frames on, but for two in a hundred, which fail or come back with NaN, and three in a
/// thousand, which take longer than any wait lasts.
class FaultyModel : public tonecast::Model {
public:
    const tonecast::Contract& contract() const noexcept override { return contract_; }
    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<FaultyRunner>(*this);
    }
    std::uint64_t faults() const { return faults_.load(); }

private:
    class FaultyRunner : public tonecast::Runner {
    public:
        explicit FaultyRunner(const FaultyModel& model)
            : faults_(model.faults_), random_(model.runners_.fetch_add(1)),
              identity_(tonecast::IdentityModel(model.contract_).make_runner()) {}

        void prepare(int channels) override { identity_->prepare(channels); }
        void reset() noexcept override { identity_->reset(); }
        std::span<float> frame() noexcept override { return identity_->frame(); }
        std::span<float> controls() noexcept override { return {}; }
        std::span<const float> frame_out() const noexcept override {
            return identity_->frame_out();
        }

        bool run() noexcept override {
            const auto fate = random_() % 1000U;
            if (fate < 3)
                std::this_thread::sleep_for(std::chrono::milliseconds(3));
            if (fate >= 10 && fate < 30)
                faults_.fetch_add(1);
            if (fate >= 10 && fate < 20)
                identity_->frame()[7] = std::numeric_limits<float>::quiet_NaN();
            return identity_->run() && !(fate >= 20 && fate < 30);
        }

    private:
        std::atomic<std::uint64_t>& faults_;
        std::mt19937 random_;
        std::unique_ptr<tonecast::Runner> identity_;
    };

    tonecast::Contract contract_ = streams::contract();
    mutable std::atomic<std::uint64_t> faults_{0};
    mutable std::atomic<unsigned> runners_{1};
};

std::shared_ptr<Engine> live_engine(const std::shared_ptr<const FaultyModel>& model) {
    auto engine = std::make_shared<Engine>(model);
    engine->prepare({rate_hz, 1, 0, Mode::worker, largest_block});
    return engine;
}

float input(std::int64_t i) {
    return 0.5F * static_cast<float>(
                      std::sin(2.0 * M_PI * 100.0 / rate_hz * static_cast<double>(i % rate_hz)));
}

/// Most frames are waited for, as a card would by being slower; what hangs is not.
void wait_a_little_for(Engine& engine) {
    using namespace std::chrono;
    const auto patience = steady_clock::now() + milliseconds(1);
    while (engine.counters().completed_frames < engine.counters().frames &&
           steady_clock::now() < patience)
        std::this_thread::yield();
}

/// Memory of this process; 0 where it cannot be told.
long resident_kib() {
    long pages = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%*d %ld", &pages) != 1)
            pages = 0;
        std::fclose(file);
    }
    return pages * 4;
}

/// What the audio thread saw.
struct Heard {
    float largest_difference = 0.0F;
    std::int64_t wrong_samples = 0;
};

} // namespace

TEST(an_hour_of_faults_loses_no_sample_and_no_memory) {
    const char* const asked = std::getenv("TONECAST_SOAK_MINUTES");
    const int minutes = asked == nullptr ? default_minutes : std::atoi(asked);
    const std::int64_t samples = std::int64_t{minutes} * 60 * rate_hz;
    const auto model = std::make_shared<FaultyModel>();
    EngineCrossfader crossfader;
    crossfader.prepare(rate_hz, 1);
    auto newest = live_engine(model);
    const int latency = newest->latency_samples();
    crossfader.put(newest);

    std::atomic<bool> playing{true};
    std::atomic<bool> starving{false};
    std::atomic<std::int64_t> played{0};
    std::vector<std::thread> others;
    std::mutex changing;
    const auto current = [&] {
        const std::lock_guard lock(changing);
        return newest;
    };
    const auto turn_knobs = [&](unsigned user) { // wet, dry or bypassed, the sound is the same
        for (unsigned k = user; playing.load(); ++k) {
            const std::shared_ptr<Engine> engine = current();
            engine->mix().set(static_cast<float>(k % 11U) / 10.0F);
            engine->bypass().set(static_cast<float>(k / 7U % 2U));
            std::this_thread::sleep_for(std::chrono::microseconds(300));
        }
    };
    for (unsigned user = 0; user < 8; ++user)
        others.emplace_back(turn_knobs, user);
    for (unsigned core = 0; core < std::max(1U, std::thread::hardware_concurrency()); ++core)
        others.emplace_back([&] {
            while (playing.load())
                if (!starving.load())
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
        });

    Heard heard;
    std::thread audio([&] {
        std::mt19937 random(1);
        std::vector<float> block(largest_block);
        for (std::int64_t at = 0; at < samples;) {
            const auto n = static_cast<int>(
                std::min<std::int64_t>(samples - at, 1 + random() % largest_block));
            for (int i = 0; i < n; ++i)
                block[static_cast<std::size_t>(i)] = input(at + i);
            if (random() % 50U != 0)
                crossfader.for_each_playing(wait_a_little_for);
            float* const channel = block.data();
            crossfader.process(&channel, &channel, n);
            for (int i = 0; i < n; ++i, ++at) {
                const float expected = at < latency ? 0.0F : input(at - latency);
                const float difference = std::fabs(block[static_cast<std::size_t>(i)] - expected);
                heard.wrong_samples += !(difference < 1e-5F); // NaN included
                heard.largest_difference = std::max(heard.largest_difference, difference);
            }
            played.store(at);
        }
    });

    long early_kib = 0;
    for (std::int64_t due = between_swaps; due < samples; due += between_swaps) {
        while (played.load() < due)
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        starving.store(due % (samples / 2) < samples / 100); // a hundredth of the time, twice
        if (early_kib == 0 && due > samples / 10)
            early_kib = resident_kib();
        const auto next = live_engine(model);
        {
            const std::lock_guard lock(changing);
            newest = next;
        }
        crossfader.put(next);
        crossfader.collect();
    }
    audio.join();
    const long late_kib = resident_kib();
    playing.store(false);
    for (std::thread& other : others)
        other.join();

    const auto counters = crossfader.counters();
    std::printf("%d minutes: %lld of %lld samples differ, by %.1e at most; %llu frames, %llu late, "
                "%llu of %llu faults; %d swaps; %+ld KiB\n",
                minutes, static_cast<long long>(heard.wrong_samples),
                static_cast<long long>(samples), static_cast<double>(heard.largest_difference),
                static_cast<unsigned long long>(counters.frames),
                static_cast<unsigned long long>(counters.late_frames),
                static_cast<unsigned long long>(counters.bad_frames),
                static_cast<unsigned long long>(model->faults()), crossfader.swaps(),
                late_kib - early_kib);
    CHECK(heard.wrong_samples == 0);
    CHECK(counters.late_frames > 0);
    CHECK(counters.bad_frames > 0);
    CHECK(counters.bad_frames <= model->faults()); // others came late, or in a released engine
    CHECK(counters.late_frames + counters.bad_frames < counters.frames);
    CHECK(counters.frames >= static_cast<std::uint64_t>(samples / 1024));
    CHECK(crossfader.swaps() > samples / between_swaps / 2);
    CHECK(sanitized || late_kib - early_kib < 4096);
}
