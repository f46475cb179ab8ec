#include "training/wavenet/network.h"

#include "engine/error.h"
#include "engine/families/wavenet/config.h"
#include "engine/kernels/instruction_sets.h"
#include "training/find_kernel.h"
#include "training/in_parallel.h"

#include <algorithm>

namespace tonecast::training::wavenet {

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
    : kernel_(find_kernel(runnable(), instruction_set)), past_samples_(0), conditions_(0),
      packing_({}), workers_(static_cast<std::size_t>(std::max(threads, 1))) {
    const auto shape = tonecast::wavenet::read_wavenet(network);
    tape_ = record(shape);
    past_samples_ = tonecast::wavenet::receptive_field_samples(shape) - 1;
    conditions_ = shape.conditions;
    packing_ = Packing(tape_);
}

void Network::prepare(int wanted_samples) {
    if (layout_ && wanted_samples == wanted_samples_)
        return;
    batch_ = 0;
    kept_.clear();
    layout_.emplace(tape_, wanted_samples);
    wanted_samples_ = wanted_samples;
    for (Worker& worker : workers_)
        worker = {AlignedFloats(layout_->tape_floats()), AlignedFloats(layout_->gradient_floats()),
                  AlignedFloats(static_cast<std::size_t>(tape_.parameters * kernel_->lanes))};
}

void Network::play_segment(const Batch& batch, std::size_t segment, float* tape,
                           std::span<float> out) const {
    const std::span<const float> sound = batch.segment(segment);
    const int wanted_samples = batch.wanted_samples();
    const auto end = static_cast<std::size_t>(layout_->end());
    const std::size_t heard = std::min(end, sound.size());
    float* const input = tape + layout_->input().value;
    std::fill_n(input, end - heard, 0.0F);
    std::copy(sound.end() - static_cast<std::ptrdiff_t>(heard), sound.end(), input + (end - heard));
    const auto conditions = static_cast<std::size_t>(conditions_);
    for (std::size_t i = 0; i < conditions; ++i)
        std::fill_n(input + static_cast<std::ptrdiff_t>(1 + i) * layout_->view().row_floats, end,
                    batch.conditions[segment * conditions + i]);
    kernel_->forward(layout_->view(), packing_.weights(), tape);
    std::copy_n(tape + layout_->output().value + end - static_cast<std::size_t>(wanted_samples),
                wanted_samples, out.begin());
}

void Network::forward(std::span<const float> weights, const Batch& batch, std::span<float> out) {
    const int wanted = batch.wanted_samples();
    prepare(wanted);
    packing_.pack(weights);
    batch_ = static_cast<std::size_t>(batch.segments);
    while (kept_.size() < batch_)
        kept_.emplace_back(layout_->tape_floats());
    in_parallel(batch_, workers_.size(), [&](std::size_t i, std::size_t) {
        play_segment(batch, i, kept_[i].span().data(),
                     out.subspan(i * static_cast<std::size_t>(wanted)));
    });
}

void Network::play(std::span<const float> weights, const Batch& batch, std::span<float> out) {
    const int wanted = batch.wanted_samples();
    prepare(wanted);
    packing_.pack(weights);
    batch_ = 0; // a way back would find other weights
    in_parallel(static_cast<std::size_t>(batch.segments), workers_.size(),
                [&](std::size_t i, std::size_t worker) {
                    play_segment(batch, i, workers_[worker].tape.span().data(),
                                 out.subspan(i * static_cast<std::size_t>(wanted)));
                });
}

void Network::backward(std::span<const float> gradient, std::span<float> of_weights) {
    if (batch_ == 0)
        throw Error("there is no way back without a way forward: call forward() first");
    const auto wanted = static_cast<std::size_t>(wanted_samples_);
    of_segments_.resize(batch_);
    in_parallel(batch_, workers_.size(), [&](std::size_t i, std::size_t worker) {
        const Worker& own = workers_[worker];
        float* const first = own.gradients.span().data() + layout_->output().gradient;
        float* const end = first + layout_->end();
        std::fill(first + layout_->output().begin - guard_samples, end, 0.0F);
        std::copy_n(gradient.begin() + static_cast<std::ptrdiff_t>(i * wanted), wanted,
                    end - wanted);
        std::ranges::fill(own.sums.span(), 0.0F);
        kernel_->backward(layout_->view(), packing_.weights(), kept_[i].span().data(),
                          own.gradients.span().data(), own.sums.span().data());
        of_segments_[i].resize(of_weights.size());
        packing_.unpack(own.sums.span().data(), kernel_->lanes, of_segments_[i]);
    });
    batch_ = 0;
    std::ranges::fill(of_weights, 0.0F);
    for (const std::vector<float>& segment : of_segments_)
        for (std::size_t i = 0; i < of_weights.size(); ++i)
            of_weights[i] += segment[i];
}

} // namespace tonecast::training::wavenet
