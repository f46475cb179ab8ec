#pragma once

#include "engine/signal/aligned_floats.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tonecast {

/// What a graph reads of a signal's past: windows as long as a frame, the oldest first.
struct Taps {
    std::size_t frame = 0;           // elements of a frame
    std::vector<std::size_t> delays; // how much earlier than the frame each window begins, at least
                                     // as much as a frame; none where a state is kept whole

    bool operator==(const Taps&) const = default;
};

/// The past of a signal inside of a graph, [rows, elements], as a ring of frames. A frame is
/// written once and each window read; nothing else is moved, however long the past is.
class DelayLine {
public:
    DelayLine(const Taps& taps, std::size_t rows);

    /// Elements of a row that it remembers.
    std::size_t length() const noexcept { return delays_.front(); }

    /// Sets what came before: [some rows, length()], over and over until all rows have been set.
    void fill(std::span<const float> past) noexcept;

    /// Makes it remember what another one of its size does.
    void copy(const DelayLine& other) noexcept;

    /// Before a frame: the windows [rows, windows, frame].
    void read(std::span<float> windows) const noexcept;

    /// A frame [rows, frame], which is the past from then on.
    void write(std::span<const float> frame) noexcept;

private:
    std::span<float> frame_before(std::size_t frames) const noexcept;

    std::size_t frame_;
    std::vector<std::size_t> delays_;
    std::size_t rows_;
    std::size_t frames_; // in the ring
    AlignedFloats ring_; // [frames, rows, frame]
    std::size_t oldest_ = 0;
};

} // namespace tonecast
