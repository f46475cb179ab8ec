#include "engine/inference/async_executor.h"

#include "engine/inference/timed_run.h"

#include <algorithm>
#include <utility>

namespace tonecast {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

// Beyond those on time: one that play() gave out, one that runs late, one to catch up with.
constexpr std::size_t spare_slots = 3;

} // namespace

AsyncExecutor::AsyncExecutor(std::unique_ptr<Runner> runner, int delay_hops)
    : runner_(std::move(runner)), slots_(static_cast<std::size_t>(delay_hops) + spare_slots),
      pending_(static_cast<std::size_t>(delay_hops) + 1),
      controls_(runner_->controls().begin(), runner_->controls().end()) {
    const std::vector<float> silence(runner_->frame().size());
    for (Slot& slot : slots_) {
        slot.frame = silence;
        slot.frame_out.resize(runner_->frame_out().size());
        slot.controls = controls_;
    }
    for (Pending& pending : pending_)
        pending.dry = silence;
}

void AsyncExecutor::reset() noexcept {
    release(std::exchange(given_, nullptr));
    for (Pending& pending : pending_) {
        release(std::exchange(pending.slot, nullptr));
        pending.in_stream = false;
    }
    begins_stream_ = true;
}

PlayedFrame AsyncExecutor::play() noexcept {
    counts_.frames.fetch_add(1, relaxed);
    release(std::exchange(given_, nullptr));
    Pending& filled = pending_[now_];
    filled.in_stream = true;
    filled.slot = submit(filled);
    now_ = (now_ + 1) % pending_.size();
    return collect(pending_[now_]);
}

AsyncExecutor::Slot* AsyncExecutor::submit(const Pending& pending) noexcept {
    Slot& slot = slots_[submitted_ % slots_.size()];
    if (slot.stage.load(std::memory_order_acquire) != Stage::free)
        return nullptr; // the worker is that far behind: this frame will be late
    std::ranges::copy(pending.dry, slot.frame.begin());
    std::ranges::copy(controls_, slot.controls.begin());
    slot.begins_stream = std::exchange(begins_stream_, false);
    slot.stage.store(Stage::waiting, std::memory_order_release);
    ++submitted_;
    worker_.wake();
    return &slot;
}

PlayedFrame AsyncExecutor::collect(Pending& pending) noexcept {
    if (!pending.in_stream) {
        std::ranges::fill(pending.dry, 0.0F);
        return {pending.dry, false};
    }
    Slot* const slot = std::exchange(pending.slot, nullptr);
    const Stage stage =
        slot == nullptr ? Stage::waiting : slot->stage.load(std::memory_order_acquire);
    if (stage == Stage::done) {
        given_ = slot;
        return {given_->frame_out, false};
    }
    (stage == Stage::failed ? counts_.bad_frames : counts_.late_frames).fetch_add(1, relaxed);
    release(slot);
    return {pending.dry, true};
}

void AsyncExecutor::release(Slot* slot) noexcept {
    if (slot == nullptr)
        return;
    Stage stage = slot->stage.load(std::memory_order_acquire);
    while (stage == Stage::waiting || stage == Stage::running)
        if (slot->stage.compare_exchange_weak(stage, Stage::abandoned, std::memory_order_acq_rel))
            return;
    slot->stage.store(Stage::free, std::memory_order_release);
}

void AsyncExecutor::work() noexcept {
    worker_.work([this] {
        run(slots_[next_slot_++ % slots_.size()]);
        counts_.completed_frames.fetch_add(1, std::memory_order_release);
    });
}

void AsyncExecutor::run(Slot& slot) noexcept {
    if (slot.begins_stream)
        runner_->reset();
    Stage stage = Stage::waiting;
    if (slot.stage.compare_exchange_strong(stage, Stage::running, std::memory_order_acq_rel)) {
        std::ranges::copy(slot.frame, runner_->frame().begin());
        std::ranges::copy(slot.controls, runner_->controls().begin());
        const bool good = timed_run(*runner_, counts_);
        if (good)
            std::ranges::copy(runner_->frame_out(), slot.frame_out.begin());
        stage = Stage::running;
        if (slot.stage.compare_exchange_strong(stage, good ? Stage::done : Stage::failed,
                                               std::memory_order_acq_rel))
            return;
    }
    slot.stage.store(Stage::free, std::memory_order_release); // abandoned
}

} // namespace tonecast
