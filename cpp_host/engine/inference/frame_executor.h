#pragma once

#include "engine/inference/played_by.h"

#include <atomic>
#include <cstdint>
#include <span>

namespace tonecast {

/// What became of the frames. Written by the threads that play, readable from any thread.
struct FrameCounts {
    std::atomic<std::uint64_t> frames{0};
    std::atomic<std::uint64_t> completed_frames{0}; // the model is through with, in time or not
    std::atomic<std::uint64_t> bad_frames{0};  // the model failed or gave NaN or Inf: played dry
    std::atomic<std::uint64_t> late_frames{0}; // the model was not ready in time: played dry
    std::atomic<float> last_frame_us{0.0F};    // what the model took for a frame
    std::atomic<float> longest_frame_us{0.0F};
};

/// A frame to be added to the stream, channel after channel.
struct PlayedFrame {
    std::span<const float> samples; // valid until frame() is filled again; the runner's frame_out
    bool dry = false;               // the frame as it went in, because the model had none to give
};

/// Plays one frame after the other of a stream, and answers for what comes out of it: whatever the
/// model does, there is a frame to play.
class FrameExecutor {
public:
    virtual ~FrameExecutor() = default;

    /// How many calls of play() later a frame comes back.
    virtual int delay_hops() const noexcept = 0;

    // The audio thread, neither allocating nor locking (inline: as far as the model's backend).

    /// Begins a new stream.
    virtual void reset() noexcept = 0;

    /// To be filled before play(). The controls are in the contract's order.
    virtual std::span<float> frame() noexcept = 0;
    virtual std::span<float> controls() noexcept = 0;

    /// Plays what was filled in and returns the frame that is due now.
    virtual PlayedFrame play() noexcept = 0;

    // Any thread.
    const FrameCounts& counts() const noexcept { return counts_; }

    /// Whether the system has refused to let a thread of the model's run before ordinary ones.
    virtual bool missing_realtime_priority() const noexcept { return false; }

    /// What plays this stream now.
    virtual PlayedBy played_by() const = 0;

protected:
    FrameCounts counts_;
};

} // namespace tonecast
