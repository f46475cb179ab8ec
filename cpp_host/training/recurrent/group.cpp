#include "training/recurrent/group.h"

#include <algorithm>

namespace tonecast::training::recurrent {

namespace {

/// The segments of a chunk that there are.
std::size_t segments_in(const Batch& batch, const Chunk& chunk, int lanes) {
    return std::min(static_cast<std::size_t>(lanes),
                    static_cast<std::size_t>(batch.segments) - chunk.first_segment);
}

} // namespace

Group::Group(const Layout& layout, const Packing& packing, const Kernel& kernel, const Frame& frame)
    : layout_(layout), packing_(packing), kernel_(kernel), frame_(frame),
      tape_(layout.tape_floats()), gradients_(layout.gradient_floats()),
      sums_(packing.sums() * static_cast<std::size_t>(kernel.lanes)) {}

/// use(the row's vector that the next chunk finds, how far behind it the others stand) for each row
/// of a state.
template <typename Use>
void Group::for_each_state(Use use) const {
    for (const Layout::State& state : layout_.states())
        for (int row = 0; row < state.count; ++row)
            use(tape_.span().data() + state.rows.first - state.rows.step + row * kernel_.lanes,
                state.rows.step);
}

void Group::begin(std::span<const float> of_each_row) {
    auto value = of_each_row.begin();
    for_each_state([&](float* to, std::ptrdiff_t) { std::fill_n(to, kernel_.lanes, *value++); });
}

void Group::restore(const float* states) {
    for_each_state([&](float* to, std::ptrdiff_t) {
        std::copy_n(states, kernel_.lanes, to);
        states += kernel_.lanes;
    });
}

void Group::save(float* states) const {
    for_each_state([&](const float* from, std::ptrdiff_t) {
        states = std::copy_n(from, kernel_.lanes, states);
    });
}

void Group::read_first(std::span<float> of_each_row) const {
    auto to = of_each_row.begin();
    for_each_state([&](const float* from, std::ptrdiff_t) { *to++ = *from; });
}

void Group::hand_on(int samples) {
    for_each_state([&](float* to, std::ptrdiff_t step) {
        std::copy_n(to + samples * step, kernel_.lanes, to);
    });
}

void Group::play(const Batch& batch, const Chunk& chunk) {
    const Rows& in = layout_.layers().front().in;
    float* const first = tape_.span().data() + in.first;
    const auto lanes = static_cast<std::size_t>(kernel_.lanes);
    const std::size_t segments = segments_in(batch, chunk, kernel_.lanes);
    const auto conditions = static_cast<std::size_t>(frame_.conditions);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        const bool is_there = lane < segments;
        const std::size_t segment = chunk.first_segment + (is_there ? lane : 0);
        const float* const sound = batch.segment(segment).data() + chunk.begin;
        const float gain = is_there ? frame_.input_gain : 0.0F;
        for (int t = 0; t < chunk.samples; ++t) {
            float* const row = first + t * in.step + lane;
            *row = gain * sound[t];
            for (std::size_t c = 0; c < conditions; ++c)
                row[(1 + c) * lanes] = batch.conditions[segment * conditions + c];
        }
    }
    const std::vector<LayerPlan>& layers = layout_.layers();
    kernel_.forward({layers.data(), static_cast<int>(layers.size())}, packing_.forward(),
                    tape_.span().data(), chunk.samples);
}

void Group::write(const Batch& batch, const Chunk& chunk, std::span<float> out) const {
    const Rows& played = layout_.layers().back().out;
    const float* const first = tape_.span().data() + played.first;
    const std::size_t segments = segments_in(batch, chunk, kernel_.lanes);
    for (std::size_t lane = 0; lane < segments; ++lane) {
        const std::size_t segment = chunk.first_segment + lane;
        const float* const sound = batch.segment(segment).data() + chunk.begin;
        float* const to = out.data() + segment * static_cast<std::size_t>(batch.wanted_samples()) +
                          (chunk.begin - batch.warm_samples);
        for (int t = 0; t < chunk.samples; ++t) {
            const float beside = frame_.skip ? frame_.input_gain * sound[t] : 0.0F;
            to[t] = frame_.output_gain *
                    (first[static_cast<std::ptrdiff_t>(lane) + t * played.step] + beside);
        }
    }
}

void Group::begin_back() {
    std::ranges::fill(gradients_.span(), 0.0F);
    std::ranges::fill(sums_.span(), 0.0F);
}

void Group::go_back(const Batch& batch, const Chunk& chunk, std::span<const float> gradient) {
    const Rows& of_played = layout_.layers().back().out_gradient;
    float* const first = gradients_.span().data() + of_played.first;
    const std::size_t segments = segments_in(batch, chunk, kernel_.lanes);
    for (std::size_t lane = 0; lane < segments; ++lane) {
        const float* const from =
            gradient.data() +
            (chunk.first_segment + lane) * static_cast<std::size_t>(batch.wanted_samples()) +
            (chunk.begin - batch.warm_samples);
        for (int t = 0; t < chunk.samples; ++t)
            first[static_cast<std::ptrdiff_t>(lane) + t * of_played.step] =
                frame_.output_gain * from[t];
    }
    const std::vector<LayerPlan>& layers = layout_.layers();
    kernel_.backward({layers.data(), static_cast<int>(layers.size())}, packing_.backward(),
                     tape_.span().data(), gradients_.span().data(), sums_.span().data(),
                     chunk.samples);
}

} // namespace tonecast::training::recurrent
