#pragma once

#include "engine/families/dynamics/gain_computer.h"
#include "engine/families/dynamics/weights.h"
#include "engine/families/network.h"
#include "engine/signal/aligned_floats.h"

#include <memory>
#include <string>
#include <vector>

namespace tonecast::dynamics {

/// Plays dynamics at `oversampling` times the rate of the weights: as many streams at that rate,
/// whose samples take turns, as in recurrent/kernel_network.h.
///
/// One code for all instruction sets: what a sample waits for is one recursion after the other.
class KernelNetwork : public Network, public std::enable_shared_from_this<KernelNetwork> {
public:
    /// Control thread.
    static std::shared_ptr<const KernelNetwork> make(const Weights& weights, int oversampling);

    int prewarm_samples() const noexcept override { return 0; } // a reset knows how silence ends
    std::string instruction_set() const override;
    std::unique_ptr<NetworkStream> make_stream(int channels) const override;

private:
    friend class Stream;

    KernelNetwork(const Weights& weights, int oversampling);

    int past_samples() const noexcept {
        return (static_cast<int>(taps_.size()) - 1) * oversampling_;
    }

    GainComputer gain_computer_;
    std::vector<float> taps_; // the first one meets the newest sample; zeros up to a whole group
    int oversampling_;
};

} // namespace tonecast::dynamics
