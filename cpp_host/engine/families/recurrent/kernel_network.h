#pragma once

#include "engine/families/network.h"
#include "engine/families/recurrent/pack.h"

#include <memory>
#include <string>
#include <vector>

namespace tonecast::recurrent {

/// What stands around the layers: x' = input_gain · x, y = output_gain · (layers(x') + skip · x').
struct Frame {
    int conditions = 0;
    bool skip = false;
    float input_gain = 1.0F;
    float output_gain = 1.0F;
    int prewarm_samples = 0;
};

/// Plays layers by the kernel of an instruction set, at `oversampling` times the network's rate:
/// each sample finds the state of the one as many samples before it, so that the network hears as
/// many streams at its own rate, one after the other. After Carson, Wright, Chowdhury and Välimäki,
/// "Sample rate independent recurrent neural networks for audio effects processing" (2024), the
/// method of delays, whose ratios are integers here.
class KernelNetwork : public Network, public std::enable_shared_from_this<KernelNetwork> {
public:
    /// Control thread.
    static std::shared_ptr<const KernelNetwork> make(const std::vector<LayerWeights>& layers,
                                                     const Frame& frame, const Kernel& kernel,
                                                     int oversampling);

    int conditions() const noexcept override { return frame_.conditions; }
    int prewarm_samples() const noexcept override { return frame_.prewarm_samples; }
    std::string instruction_set() const override { return kernel_.name; }
    std::unique_ptr<NetworkStream> make_stream(int channels) const override;

private:
    friend class Stream;

    KernelNetwork(const std::vector<LayerWeights>& layers, const Frame& frame, const Kernel& kernel,
                  int oversampling);

    std::vector<float> find_rest() const;

    Frame frame_;
    const Kernel& kernel_;
    int oversampling_;
    Packed packed_;
    std::vector<float> rest_; // one copy of a channel's state, after silence
};

} // namespace tonecast::recurrent
