#pragma once

#include "engine/inference/played_by.h"

#include <span>

namespace tonecast {

/// A causal model in one stream: n samples in, n samples out, at once.
class CausalRunner {
public:
    virtual ~CausalRunner() = default;

    /// Control thread. Allocates all that process() needs and resets; throws Error.
    virtual void prepare(int channels) = 0;

    /// Any thread, as long as process() is not under way. As if silence had been there for ever;
    /// neither allocates nor locks.
    virtual void reset() noexcept = 0;

    /// To be filled in, in the contract's order; they hold once follow_controls() is called.
    virtual std::span<float> controls() noexcept = 0;

    /// Audio thread: the next sample is the first that they are for.
    virtual void follow_controls() noexcept = 0;

    /// Audio thread. n ≥ 0 samples of each channel; in and out may be the same buffers. Neither
    /// allocates, locks, logs nor throws. However the stream is cut, the same bits.
    virtual void process(const float* const* in, float* const* out, int n) noexcept = 0;

    /// Any thread, while prepare() is not running: what plays this stream.
    virtual PlayedBy played_by() const { return {}; }
};

} // namespace tonecast
