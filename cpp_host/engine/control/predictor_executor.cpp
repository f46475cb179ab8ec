#include "engine/control/predictor_executor.h"

#include "engine/inference/timed_run.h"

#include <bit>
#include <limits>
#include <utility>

namespace tonecast {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

std::uint64_t tag(std::uint64_t window) noexcept {
    return (window + 1) << 32U;
}

} // namespace

PredictorExecutor::PredictorExecutor(std::unique_ptr<Runner> runner, WindowReader reader,
                                     std::shared_ptr<const History> history,
                                     std::size_t max_pending, bool worker)
    : runner_(std::move(runner)), reader_(std::move(reader)), history_(std::move(history)),
      on_worker_(worker), requests_(max_pending), results_(max_pending) {}

void PredictorExecutor::reset() noexcept {
    collected_.store(submitted_, relaxed);
}

void PredictorExecutor::submit(const PredictorWindow& window) noexcept {
    counts_.frames.fetch_add(1, relaxed);
    const std::uint64_t number = submitted_++;
    Request& request = requests_[number % requests_.size()];
    request.stream_begin.store(window.stream_begin, relaxed);
    request.from.store(window.from, relaxed);
    if (on_worker_) {
        worker_.wake();
    } else {
        run(number);
        counts_.completed_frames.fetch_add(1, relaxed);
    }
}

std::optional<float> PredictorExecutor::collect() noexcept {
    const std::uint64_t window = collected();
    const std::uint64_t result = results_[window % results_.size()].load(std::memory_order_acquire);
    collected_.store(window + 1, relaxed);
    const std::uint64_t value_bits = result ^ tag(window);
    if (value_bits > std::numeric_limits<std::uint32_t>::max())
        return {};
    return std::bit_cast<float>(static_cast<std::uint32_t>(value_bits));
}

void PredictorExecutor::run(std::uint64_t window) noexcept {
    const Request& request = requests_[window % requests_.size()];
    const PredictorWindow wanted{request.stream_begin.load(relaxed), request.from.load(relaxed)};
    if (!reader_.read(*history_, wanted, runner_->frame()))
        return; // overwritten, so it was late anyway
    const float value = timed_run(*runner_, counts_) ? runner_->frame_out()[0]
                                                     : std::numeric_limits<float>::quiet_NaN();
    results_[window % results_.size()].store(tag(window) | std::bit_cast<std::uint32_t>(value),
                                             std::memory_order_release);
}

void PredictorExecutor::work() noexcept {
    worker_.work([this] {
        const std::uint64_t window = next_window_++;
        if (window >= collected())
            run(window);
        counts_.completed_frames.fetch_add(1, std::memory_order_release);
    });
}

} // namespace tonecast
