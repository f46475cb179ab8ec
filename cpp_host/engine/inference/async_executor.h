#pragma once

#include "engine/inference/frame_executor.h"
#include "engine/inference/runner.h"
#include "engine/threads/real_time_worker.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tonecast {

/// Runs the model on a thread of its own, see on_own_thread(), and gives each frame back a fixed
/// number of hops later: live use, because a model's backend may allocate and its cost comes in
/// bursts. As long as nothing is late, the frames are those of InlineExecutor.
///
/// A frame that is not ready when it is due is late: its dry samples take its place, and what the
/// model may still make of it is dropped, so that the worker can catch up. If the model never
/// returns from a frame, all from there on are late; the executor can be destroyed all the same,
/// and what the thread is still busy with is left behind: the thread itself, the runner and the
/// buffers.
class AsyncExecutor : public FrameExecutor {
public:
    /// Control thread. Takes a prepared runner. The delay must last at least as long as the host's
    /// blocks: all frames that end within one block go in at once.
    AsyncExecutor(std::unique_ptr<Runner> runner, int delay_hops);

    int delay_hops() const noexcept override { return static_cast<int>(pending_.size()) - 1; }
    void reset() noexcept override;
    std::span<float> frame() noexcept override { return pending_[now_].dry; }
    std::span<float> controls() noexcept override { return controls_; }
    PlayedFrame play() noexcept override;

    /// It should run just below the audio thread; asked for with the first frame.
    bool missing_realtime_priority() const noexcept override {
        return worker_.missing_realtime_priority();
    }

    PlayedBy played_by() const override { return runner_->played_by(); }

    /// Of the worker thread, until stop() is called on any other.
    void work() noexcept;
    void stop() noexcept { worker_.stop(); }

private:
    /// free → waiting → running → done or failed → free; abandoned → free where it came late.
    /// The audio thread owns a slot while it is free, done or failed, the worker otherwise.
    enum class Stage { free, waiting, running, done, failed, abandoned };

    struct Slot {
        std::atomic<Stage> stage{Stage::free};
        bool begins_stream = false;
        std::vector<float> frame;
        std::vector<float> controls;
        std::vector<float> frame_out;
    };

    /// A frame between going in and being due.
    struct Pending {
        std::vector<float> dry;
        bool in_stream = false; // false: from before the stream, silence
        Slot* slot = nullptr;   // null where all slots were taken
    };

    // Audio thread.
    Slot* submit(const Pending& pending) noexcept;
    PlayedFrame collect(Pending& pending) noexcept;
    void release(Slot* slot) noexcept;

    // Worker thread.
    void run(Slot& slot) noexcept;

    std::unique_ptr<Runner> runner_;
    std::vector<Slot> slots_;

    // Of the audio thread.
    std::vector<Pending> pending_; // a ring: one a hop of delay, and the one being filled
    std::size_t now_ = 0;          // being filled
    std::vector<float> controls_;
    Slot* given_ = nullptr;     // what play() returned last
    bool begins_stream_ = true; // no frame of this stream has been submitted
    std::size_t submitted_ = 0;

    RealTimeWorker worker_{1};  // one round a submitted slot
    std::size_t next_slot_ = 0; // of the worker
};

} // namespace tonecast
