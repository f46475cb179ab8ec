#pragma once

#include "engine/effect_file/json.h"
#include "training/batch.h"
#include "training/recurrent/group.h"

#include <span>
#include <string_view>
#include <vector>

namespace tonecast::training::recurrent {

/// A recurrent network that learns: what it plays with given weights, and how its output depends on
/// them. It begins with what prewarm_samples of silence leave, all conditions in the middle.
///
/// Groups of segments, as many as a vector has lanes, are the unit of work. Each one's gradient is
/// kept apart, and all are added in order, so any number of threads gives the same bits.
class Network {
public:
    /// Throws Error where the shape is none, or the machine has no such kernel; an empty
    /// `instruction_set` is the fastest.
    Network(const Json& network, int threads, std::string_view instruction_set);

    Network(const Network&) = delete; // its workers know where its layout stands

    int parameters() const { return packing_.parameters(); }
    int conditions() const { return frame_.conditions; }
    /// Of how many earlier samples an output is taken to know.
    int past_samples() const { return prewarm_samples_; }

    /// Of all segments of the last forward().
    std::size_t output_samples() const;

    /// What is played for each segment but its first `warm_samples`. Keeps what backward() needs.
    void forward(std::span<const float> weights, const Batch& batch, std::span<float> out);

    /// The same, and nothing is kept.
    void play(std::span<const float> weights, const Batch& batch, std::span<float> out);

    /// From the gradient of what forward() gave to that of the weights; what comes through the
    /// state that the warm-up left is no part of it. Throws Error where there was no forward().
    void backward(std::span<const float> gradient, std::span<float> of_weights);

private:
    Network(const tonecast::recurrent::Recurrent& shape, int threads, const Kernel& kernel);

    void find_rest();
    std::size_t groups_of(const Batch& batch) const;
    static std::size_t chunks_of(const Batch& batch);
    void play_groups(std::span<const float> weights, const Batch& batch, std::span<float> out,
                     bool keeps);

    const Kernel& kernel_;
    Frame frame_;
    int prewarm_samples_ = 0;
    Layout layout_;
    Packing packing_;
    std::vector<Group> workers_;
    std::vector<float> rest_;  // a value for each row of the states
    std::vector<float> sound_; // of the last forward()
    std::vector<float> conditions_;
    Batch batch_;               // of those; no segments: none
    std::vector<float> states_; // that the chunks behind the warm-up find: of group after group
    std::vector<std::vector<float>> of_groups_;
};

} // namespace tonecast::training::recurrent
