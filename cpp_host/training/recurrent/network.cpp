#include "training/recurrent/network.h"

#include "engine/error.h"
#include "engine/families/recurrent/config.h"
#include "engine/kernels/instruction_sets.h"
#include "training/find_kernel.h"
#include "training/in_parallel.h"

#include <algorithm>

namespace tonecast::training::recurrent {

#define TONECAST_DECLARE(set)                                                                      \
    namespace set {                                                                                \
    extern const Kernel kernel;                                                                    \
    }
TONECAST_EACH_SET(TONECAST_DECLARE)

namespace {

std::vector<const Kernel*> runnable() {
#define TONECAST_KERNEL(set) &set::kernel,
    return kernels::runnable_of<Kernel>({TONECAST_EACH_SET(TONECAST_KERNEL)});
}

} // namespace

Network::Network(const Json& network, int threads, std::string_view instruction_set)
    : Network(tonecast::recurrent::read_recurrent(network), threads,
              *find_kernel(runnable(), instruction_set)) {}

Network::Network(const tonecast::recurrent::Recurrent& shape, int threads, const Kernel& kernel)
    : kernel_(kernel), frame_{shape.conditions(), shape.skip, shape.input_gain, shape.output_gain},
      prewarm_samples_(shape.prewarm_samples), layout_(shape, kernel.lanes),
      packing_(layout_.layers(), kernel.tile_rows) {
    batch_.segments = 0;
    workers_.reserve(static_cast<std::size_t>(std::max(threads, 1)));
    for (int i = 0; i < std::max(threads, 1); ++i)
        workers_.emplace_back(layout_, packing_, kernel_, frame_);
}

std::size_t Network::output_samples() const {
    return static_cast<std::size_t>(batch_.segments) *
           static_cast<std::size_t>(batch_.wanted_samples());
}

std::size_t Network::groups_of(const Batch& batch) const {
    return static_cast<std::size_t>((batch.segments + kernel_.lanes - 1) / kernel_.lanes);
}

std::size_t Network::chunks_of(const Batch& batch) {
    return static_cast<std::size_t>((batch.wanted_samples() + chunk_samples - 1) / chunk_samples);
}

void Network::find_rest() {
    const FlushDenormals while_running;
    const std::vector<float> silence(chunk_samples);
    const std::vector<float> middle(static_cast<std::size_t>(frame_.conditions), 0.5F);
    rest_.assign(packing_.initial().begin(), packing_.initial().end());
    std::vector<float> before;
    Group& group = workers_.front();
    group.begin(rest_);
    // A chunk that changes nothing would be followed by others.
    for (int at = 0; at < prewarm_samples_ && before != rest_; at += chunk_samples) {
        const int samples = std::min(chunk_samples, prewarm_samples_ - at);
        before = rest_;
        group.play({silence, middle, 1, samples, 0}, {0, 0, samples});
        group.hand_on(samples);
        group.read_first(rest_);
    }
}

void Network::play_groups(std::span<const float> weights, const Batch& batch, std::span<float> out,
                          bool keeps) {
    packing_.pack(weights);
    find_rest();
    const std::size_t state_floats = layout_.state_floats();
    const std::size_t chunks = chunks_of(batch);
    if (keeps)
        states_.resize(groups_of(batch) * chunks * state_floats);
    in_parallel(groups_of(batch), workers_.size(), [&](std::size_t g, std::size_t worker) {
        Group& group = workers_[worker];
        group.begin(rest_);
        std::size_t kept = g * chunks;
        int at = 0;
        while (at < batch.samples) {
            const bool is_wanted = at >= batch.warm_samples;
            const int end = is_wanted ? batch.samples : batch.warm_samples;
            const Chunk chunk{g * static_cast<std::size_t>(kernel_.lanes), at,
                              std::min(chunk_samples, end - at)};
            if (is_wanted && keeps) {
                group.save(states_.data() + kept++ * state_floats);
            }
            group.play(batch, chunk);
            if (is_wanted)
                group.write(batch, chunk, out);
            group.hand_on(chunk.samples);
            at += chunk.samples;
        }
    });
}

void Network::forward(std::span<const float> weights, const Batch& batch, std::span<float> out) {
    sound_.assign(batch.sound.begin(), batch.sound.end());
    conditions_.assign(batch.conditions.begin(), batch.conditions.end());
    batch_ = batch;
    batch_.sound = sound_;
    batch_.conditions = conditions_;
    play_groups(weights, batch_, out, true);
}

void Network::play(std::span<const float> weights, const Batch& batch, std::span<float> out) {
    batch_.segments = 0; // a way back would find other weights
    play_groups(weights, batch, out, false);
}

void Network::backward(std::span<const float> gradient, std::span<float> of_weights) {
    if (batch_.segments == 0)
        throw Error("there is no way back without a way forward: call forward() first");
    const std::size_t chunks = chunks_of(batch_);
    const std::size_t state_floats = layout_.state_floats();
    of_groups_.resize(groups_of(batch_));
    in_parallel(of_groups_.size(), workers_.size(), [&](std::size_t g, std::size_t worker) {
        Group& group = workers_[worker];
        group.begin_back();
        for (std::size_t c = chunks; c-- > 0;) {
            const int begin = batch_.warm_samples + static_cast<int>(c) * chunk_samples;
            const Chunk chunk{g * static_cast<std::size_t>(kernel_.lanes), begin,
                              std::min(chunk_samples, batch_.samples - begin)};
            group.restore(states_.data() + (g * chunks + c) * state_floats);
            group.play(batch_, chunk);
            group.go_back(batch_, chunk, gradient);
        }
        of_groups_[g].resize(of_weights.size());
        packing_.unpack(group.sums(), kernel_.lanes, of_groups_[g]);
    });
    batch_.segments = 0;
    std::ranges::fill(of_weights, 0.0F);
    for (const std::vector<float>& group : of_groups_)
        for (std::size_t i = 0; i < of_weights.size(); ++i)
            of_weights[i] += group[i];
}

} // namespace tonecast::training::recurrent
