#pragma once

#include "engine/inference/frame_executor.h"
#include "engine/inference/runner.h"
#include "engine/inference/timed_run.h"

#include <memory>
#include <utility>

namespace tonecast {

/// Runs the model at once, on the calling thread: offline renders, scripts, and models that are
/// quick and do not allocate.
class InlineExecutor : public FrameExecutor {
public:
    /// Takes a prepared runner.
    explicit InlineExecutor(std::unique_ptr<Runner> runner) : runner_(std::move(runner)) {}

    int delay_hops() const noexcept override { return 0; }
    void reset() noexcept override { runner_->reset(); }
    std::span<float> frame() noexcept override { return runner_->frame(); }
    std::span<float> controls() noexcept override { return runner_->controls(); }

    PlayedFrame play() noexcept override {
        counts_.frames.fetch_add(1, std::memory_order_relaxed);
        counts_.completed_frames.fetch_add(1, std::memory_order_relaxed);
        if (timed_run(*runner_, counts_))
            return {runner_->frame_out(), false};
        counts_.bad_frames.fetch_add(1, std::memory_order_relaxed);
        return {runner_->frame(), true};
    }
    PlayedBy played_by() const override { return runner_->played_by(); }

private:
    std::unique_ptr<Runner> runner_;
};

} // namespace tonecast
