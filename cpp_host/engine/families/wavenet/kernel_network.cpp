#include "engine/families/wavenet/kernel_network.h"

#include "engine/error.h"
#include "engine/nonblocking.h"
#include "engine/signal/aligned_floats.h"
#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <utility>

namespace tonecast::wavenet {

namespace {

constexpr float middle = 0.5F; // of a condition: where it stands after a reset

float* row_of(float* memory, const Ring& ring, int row) {
    return memory + ring.signal.offset + row * ring.signal.stride;
}

void fill_row(float* memory, const Ring& ring, int row, float value) {
    std::fill_n(row_of(memory, ring, row), ring.length + chunk_samples, value);
}

/// A condition stands in the input's rows behind the sound, all over the chunk: the last vector of
/// a chunk is computed in full.
void fill_condition(float* memory, const Plan& plan, int index, float value) {
    std::fill_n(memory + plan.input.from_row(1 + index).offset, chunk_samples, value);
}

/// Silence leaves a constant in each row of each ring. Step by step: a convolution is played when
/// the ring that it hears is full of what the steps before it make of silence. So the constants are
/// found by the kernel's own arithmetic, to the last bit, in the time of one chunk, however long
/// the network remembers.
std::vector<float> find_rest(const Plan& plan, const Kernel& kernel) {
    if (plan.zero_padding) {
        std::size_t rows = 0;
        for (const Ring& ring : plan.rings)
            rows += static_cast<std::size_t>(ring.rows);
        return std::vector<float>(rows);
    }
    const FlushDenormals while_running;
    AlignedFloats memory(static_cast<std::size_t>(plan.memory_floats));
    float* const channel = memory.span().data();
    for (int i = 0; i < plan.conditions; ++i)
        fill_condition(channel, plan, i, middle);
    const std::vector<int> at(plan.rings.size());
    std::vector<std::vector<float>> constants(plan.rings.size());
    const PlanView view = plan.view();
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        const Step& step = plan.steps[i];
        if (step.kind == StepKind::convolve) {
            const int heard = plan.convolutions[static_cast<std::size_t>(step.index)].from.ring;
            if (heard >= 0) {
                const auto r = static_cast<std::size_t>(heard);
                constants[r].clear();
                for (int row = 0; row < plan.rings[r].rows; ++row) {
                    constants[r].push_back(*row_of(channel, plan.rings[r], row));
                    fill_row(channel, plan.rings[r], row, constants[r].back());
                }
            }
        }
        kernel.run(view, static_cast<int>(i), static_cast<int>(i) + 1, channel,
                   memory.span().size(), 1, at.data(), 1);
    }
    std::vector<float> rest;
    for (const std::vector<float>& ring : constants)
        rest.insert(rest.end(), ring.begin(), ring.end());
    return rest;
}

class Stream : public NetworkStream {
public:
    Stream(std::shared_ptr<const KernelNetwork> network, int channels)
        : network_(std::move(network)), channels_(channels),
          channel_floats_(static_cast<std::size_t>(network_->plan().memory_floats)),
          memory_(static_cast<std::size_t>(channels) * channel_floats_),
          at_(network_->plan().rings.size()), view_(network_->plan().view()) {
        reset_now();
    }

    void reset() noexcept TONECAST_NONBLOCKING override { reset_now(); }

    void process(const float* const* in, std::span<const float> conditions, float* const* out,
                 int n) noexcept TONECAST_NONBLOCKING override {
        const FlushDenormals while_running; // the same bits on any thread
        for (int c = 0; c < channels_; ++c)
            for (int i = 0; i < network_->plan().conditions; ++i)
                fill_condition(channel(c), network_->plan(), i,
                               conditions[static_cast<std::size_t>(i)]);
        for (int done = 0; done < n; done += chunk_samples)
            play(in, out, done, std::min(chunk_samples, n - done));
    }

private:
    float* channel(int c) noexcept {
        return memory_.span().data() + static_cast<std::size_t>(c) * channel_floats_;
    }

    void reset_now() noexcept {
        const Plan& plan = network_->plan();
        for (int c = 0; c < channels_; ++c) {
            const float* value = network_->rest().data();
            for (const Ring& ring : plan.rings)
                for (int row = 0; row < ring.rows; ++row)
                    fill_row(channel(c), ring, row, *value++);
        }
        std::fill(at_.begin(), at_.end(), 0);
    }

    void play(const float* const* in, float* const* out, int begin, int count) noexcept {
        const Plan& plan = network_->plan();
        for (int c = 0; c < channels_; ++c)
            std::copy_n(in[c] + begin, count, channel(c) + plan.input.offset);
        network_->kernel().run(view_, 0, static_cast<int>(plan.steps.size()), memory_.span().data(),
                               channel_floats_, channels_, at_.data(), count);
        for (int c = 0; c < channels_; ++c)
            std::copy_n(channel(c) + plan.output.offset, count, out[c] + begin);
        for (std::size_t i = 0; i < at_.size(); ++i) {
            const int next = at_[i] + count;
            at_[i] = next < plan.rings[i].length ? next : next - plan.rings[i].length;
        }
    }

    std::shared_ptr<const KernelNetwork> network_;
    int channels_;
    std::size_t channel_floats_;
    AlignedFloats memory_;
    std::vector<int> at_; // where each ring's next chunk begins
    PlanView view_;
};

} // namespace

std::shared_ptr<const KernelNetwork> KernelNetwork::make(Plan plan, const Kernel& kernel) {
    return std::shared_ptr<const KernelNetwork>(new KernelNetwork(std::move(plan), kernel));
}

KernelNetwork::KernelNetwork(Plan plan, const Kernel& kernel)
    : plan_(std::move(plan)), kernel_(kernel), rest_(find_rest(plan_, kernel)) {}

std::unique_ptr<NetworkStream> KernelNetwork::make_stream(int channels) const {
    if (channels < 1)
        throw Error("a stream needs at least one channel");
    return std::make_unique<Stream>(shared_from_this(), channels);
}

} // namespace tonecast::wavenet
