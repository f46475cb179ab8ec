#pragma once

#include "engine/convolution/level_response.h"
#include "engine/convolution/skew_transform.h"
#include "engine/signal/aligned_floats.h"
#include "engine/signal/audio_buffer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tonecast {

/// Convolution in blocks of one size, by overlap-save with the response in partitions (Gardner,
/// "Efficient convolution without input-output delay", 1995), for taps that are at least two blocks
/// old. So a block that has come in need not be answered before another one has, and the work on it
/// is spread over that time in equal parts, one a tick.
class ConvolutionLevel {
public:
    static constexpr int tick_samples = 16;

    /// How much of the past process() reads of the input, in blocks.
    static constexpr int history_blocks = 4;

    /// Control thread. Allocates. `taps` holds at least one tap beyond 2 · size for each channel of
    /// the response, of which channels of the stream take turns; size is at least 64.
    ConvolutionLevel(int size, const AudioBuffer& taps, int channels);

    int size() const noexcept { return transform_.size(); }

    /// Any thread, while tick() is not running: begins a new stream.
    void reset() noexcept;

    /// Audio thread, before every tick's samples; `at` is the position of the first of them in the
    /// stream. Sample i of the stream lies at i modulo the input's length, a multiple of
    /// history_blocks · size.
    void tick(std::int64_t at, const AudioBuffer& input) noexcept;

    /// Audio thread: what this level adds to the tick's samples.
    const float* answer(int channel) const noexcept { return playing_.channel(channel) + played_; }

private:
    static constexpr int unit = 64; // complex numbers that a pass works on at once

    void begin_block(std::int64_t at, int input_samples) noexcept;
    int units() const noexcept;
    void work(int index, const AudioBuffer& input) noexcept;
    void multiply(int channel, int partition, int from) noexcept;

    SkewTransform transform_;
    std::vector<LevelResponse> responses_;
    int channels_;
    int partitions_;

    std::vector<AlignedFloats> spectra_; // per channel: of the last blocks, in turn
    std::vector<AlignedFloats> sums_;    // per channel: the spectrum of the answer
    AudioBuffer making_;
    AudioBuffer playing_;

    int played_ = 0;      // of what is playing
    int blocks_ = 0;      // that have come in, no more than there are partitions
    int newest_ = 0;      // where the spectrum of the last one lies
    int done_ = 0;        // units of the work on it
    int first_half_ = 0;  // where in the input the block before it lies
    int second_half_ = 0; // where it lies
};

} // namespace tonecast
