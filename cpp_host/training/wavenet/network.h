#pragma once

#include "engine/effect_file/json.h"
#include "engine/signal/aligned_floats.h"
#include "training/batch.h"
#include "training/wavenet/layout.h"
#include "training/wavenet/packing.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tonecast::training::wavenet {

/// A WaveNet that learns: what it plays with given weights, and how its output depends on them.
///
/// Segments of a batch are the unit of work. Each one's gradient is kept apart, and all are added
/// in order, so any number of threads gives the same bits.
class Network {
public:
    /// Throws Error where the shape is none, or the machine has no such kernel; an empty
    /// `instruction_set` is the fastest.
    Network(const Json& network, int threads, std::string_view instruction_set);

    int parameters() const { return tape_.parameters; }
    int conditions() const { return conditions_; }
    /// Of how many earlier samples an output knows.
    int past_samples() const { return past_samples_; }

    /// Of all segments of the last forward().
    std::size_t output_samples() const {
        return batch_ * static_cast<std::size_t>(wanted_samples_);
    }

    /// What is played for each segment but its first `warm_samples`, before which there is silence.
    /// Keeps what backward() needs.
    void forward(std::span<const float> weights, const Batch& batch, std::span<float> out);

    /// The same, and nothing is kept.
    void play(std::span<const float> weights, const Batch& batch, std::span<float> out);

    /// From the gradient of what forward() gave to that of the weights. Throws Error where there
    /// was no forward().
    void backward(std::span<const float> gradient, std::span<float> of_weights);

private:
    struct Worker {
        AlignedFloats tape;
        AlignedFloats gradients;
        AlignedFloats sums;
    };

    void prepare(int wanted_samples);
    void play_segment(const Batch& batch, std::size_t segment, float* tape,
                      std::span<float> out) const;

    Tape tape_;
    const Kernel* kernel_;
    int past_samples_;
    int conditions_;
    Packing packing_;
    int wanted_samples_ = 0;
    std::optional<Layout> layout_;
    std::vector<AlignedFloats> kept_; // a tape for each segment
    std::size_t batch_ = 0;           // of the last forward(); 0: none
    std::vector<Worker> workers_;
    std::vector<std::vector<float>> of_segments_;
};

} // namespace tonecast::training::wavenet
