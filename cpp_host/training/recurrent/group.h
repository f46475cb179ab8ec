#pragma once

#include "engine/signal/aligned_floats.h"
#include "training/batch.h"
#include "training/recurrent/layout.h"
#include "training/recurrent/packing.h"

#include <span>

namespace tonecast::training::recurrent {

/// What stands around the layers: x' = input_gain · x, y = output_gain · (layers(x') + skip · x').
struct Frame {
    int conditions = 0;
    bool skip = false;
    float input_gain = 1.0F;
    float output_gain = 1.0F;
};

/// Samples of the segments that a vector holds; beyond the last segment of a batch there is
/// silence.
struct Chunk {
    std::size_t first_segment = 0;
    int begin = 0;
    int samples = 0;
};

/// A worker's memory: one chunk of one group of segments, there and back.
class Group {
public:
    Group(const Layout& layout, const Packing& packing, const Kernel& kernel, const Frame& frame);

    /// The states that the next chunk finds: a value for each row, or all of them.
    void begin(std::span<const float> of_each_row);
    void restore(const float* states);
    void save(float* states) const;
    /// Of the first segment, a value for each row.
    void read_first(std::span<float> of_each_row) const;

    void play(const Batch& batch, const Chunk& chunk);
    /// What was played: into segments that begin behind the warm-up.
    void write(const Batch& batch, const Chunk& chunk, std::span<float> out) const;
    /// The states that were left are those that the next chunk finds.
    void hand_on(int samples);

    void begin_back();
    /// Behind play() of the same chunk, from the last one to the first.
    void go_back(const Batch& batch, const Chunk& chunk, std::span<const float> gradient);
    const float* sums() const { return sums_.span().data(); }

private:
    template <typename Use>
    void for_each_state(Use use) const;

    const Layout& layout_;
    const Packing& packing_;
    const Kernel& kernel_;
    Frame frame_;
    AlignedFloats tape_;
    AlignedFloats gradients_;
    AlignedFloats sums_;
};

} // namespace tonecast::training::recurrent
