#pragma once

#include "engine/inference/played_by.h"

#include <span>

namespace tonecast {

/// One model in one stream: turns a frame into a frame and carries the model's state to the next.
/// The caller fills frame() and controls(), calls run(), and reads frame_out(). A predictor's
/// frame is its window, of two channels, and its frame_out the value; a filter effect's frame_out
/// are its curves, [curves, bins].
class Runner {
public:
    virtual ~Runner() = default;

    /// Control thread. Allocates all that run() needs and resets; throws Error.
    virtual void prepare(int channels) = 0;

    /// Gives the state its value before the first frame. Any thread, as long as run() is not under
    /// way; neither allocates nor locks.
    virtual void reset() noexcept = 0;

    /// The buffers stay in place from one prepare() to the next.
    /// Frames are channel after channel; those of a side-chain come after the input's.
    virtual std::span<float> frame() noexcept = 0;
    virtual std::span<float> controls() noexcept = 0;              ///< in the contract's order
    virtual std::span<const float> frame_out() const noexcept = 0; ///< channel after channel

    /// Audio or worker thread. False when the model failed: frame_out() then holds nothing useful.
    /// Never throws; whether it allocates is up to the backend.
    virtual bool run() noexcept = 0;

    /// Any thread, while prepare() is not running: what plays this stream now.
    virtual PlayedBy played_by() const { return {}; }
};

} // namespace tonecast
