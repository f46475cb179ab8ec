#pragma once

#include "engine/families/wavenet/kernel_network.h"
#include "engine/families/wavenet/plan/planners.h"
#include "engine/families/wavenet/runnable.h"
#include "tests/families/wavenet/random_wavenet.h"

#include <memory>
#include <vector>

/// Plays networks on given instruction sets, without the engine.
namespace wavenet_streams {

using tonecast::NetworkStream;
using tonecast::wavenet::Kernel;
using tonecast::wavenet::KernelNetwork;
using Channels = std::vector<std::vector<float>>;

template <typename Shape>
std::shared_ptr<const KernelNetwork> load(const Shape& network, const Kernel& kernel,
                                          int oversampling = 1,
                                          random_wavenet::RandomWeights weights = {}) {
    return KernelNetwork::make(
        plan(network, weights, tonecast::wavenet::PlanBuilder(kernel.most_outs, oversampling)),
        kernel);
}

/// In blocks of next_block() samples.
template <typename NextBlock>
Channels play(NetworkStream& stream, const Channels& in, NextBlock next_block) {
    Channels out = in; // played in place
    const int samples = static_cast<int>(in.front().size());
    std::vector<float*> at(in.size());
    for (int done = 0; done < samples;) {
        const int count = std::min(next_block(), samples - done);
        for (std::size_t c = 0; c < in.size(); ++c)
            at[c] = out[c].data() + done;
        stream.process(at.data(), {}, at.data(), count);
        done += count;
    }
    return out;
}

inline std::vector<float> play(NetworkStream& stream, const std::vector<float>& in,
                               int block = 1 << 20) {
    return play(stream, Channels{in}, [&] { return block; }).front();
}

} // namespace wavenet_streams
