#include "engine/families/recurrent/kernel_network.h"

#include "engine/error.h"
#include "engine/nonblocking.h"
#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tonecast::recurrent {

class Stream : public NetworkStream {
public:
    /// `copies` of the state, each `rest` to begin with.
    Stream(std::shared_ptr<const KernelNetwork> owner, const KernelNetwork& network, int channels,
           int copies, std::span<const float> rest)
        : owner_(std::move(owner)), network_(network), rest_(rest.begin(), rest.end()),
          channels_(channels), copies_(copies),
          channel_state_floats_(static_cast<std::ptrdiff_t>(rest_.size()) * copies),
          state_(static_cast<std::size_t>(channels * channel_state_floats_)) {
        for (AlignedFloats& rows : rows_)
            rows = AlignedFloats(static_cast<std::size_t>(channels) * chunk_samples *
                                 static_cast<std::size_t>(network.packed_.row_floats()));
        for (const LayerPlan& plan : network.packed_.plans()) {
            plans_.push_back(plan);
            plans_.back().state *= static_cast<std::size_t>(copies);
        }
        reset_now();
    }

    void reset() noexcept TONECAST_NONBLOCKING override { reset_now(); }

    void process(const float* const* in, std::span<const float> conditions, float* const* out,
                 int n) noexcept TONECAST_NONBLOCKING override {
        const FlushDenormals while_running; // the same bits on any thread
        for (int done = 0; done < n; done += chunk_samples)
            play(in, conditions, out, done, std::min(chunk_samples, n - done));
    }

    /// One copy of the first channel's state.
    std::vector<float> state() const { return {state_.span().begin(), state_.span().end()}; }

private:
    void reset_now() noexcept {
        float* to = state_.span().data();
        for (int c = 0; c < channels_; ++c) {
            const float* from = rest_.data();
            for (const LayerPlan& plan : plans_) {
                if (plan.step == Step::dense)
                    continue;
                const int floats = plan.vectors * network_.kernel_.lanes;
                for (int part = 0; part < 2; ++part, from += floats) // hidden, cell
                    for (int copy = 0; copy < copies_; ++copy, to += floats)
                        std::copy_n(from, floats, to);
            }
        }
        phase_ = 0;
    }

    Rows rows(std::size_t turn) noexcept {
        const std::ptrdiff_t row_floats = network_.packed_.row_floats();
        return {rows_[turn].span().data(), row_floats, row_floats * chunk_samples};
    }

    void play(const float* const* in, std::span<const float> conditions, float* const* out,
              int begin, int count) noexcept {
        const Frame& frame = network_.frame_;
        const Rows first = rows(0);
        for (int c = 0; c < channels_; ++c)
            for (int t = 0; t < count; ++t) {
                float* const row = first.first + c * first.channel_floats + t * first.row_floats;
                row[0] = frame.input_gain * in[c][begin + t];
                std::copy(conditions.begin(), conditions.end(), row + 1);
            }
        std::size_t turn = 0;
        for (const LayerPlan& plan : plans_) {
            network_.kernel_.run(plan, network_.packed_.weights(), rows(turn), rows(1 - turn),
                                 state_.span().data(), channel_state_floats_, channels_, copies_,
                                 phase_, count);
            turn = 1 - turn;
        }
        phase_ = (phase_ + count) % copies_;
        const Rows last = rows(turn);
        for (int c = 0; c < channels_; ++c)
            for (int t = 0; t < count; ++t) {
                float y = last.first[c * last.channel_floats + t * last.row_floats];
                if (frame.skip)
                    y += frame.input_gain * in[c][begin + t];
                out[c][begin + t] = frame.output_gain * y;
            }
    }

    std::shared_ptr<const KernelNetwork> owner_; // null while the network is being made
    const KernelNetwork& network_;
    std::vector<float> rest_;
    std::vector<LayerPlan> plans_; // their states as far apart as there are copies
    int channels_;
    int copies_;
    std::ptrdiff_t channel_state_floats_;
    AlignedFloats state_;
    std::array<AlignedFloats, 2> rows_; // take turns
    int phase_ = 0;                     // the copy that the next sample uses
};

std::shared_ptr<const KernelNetwork> KernelNetwork::make(const std::vector<LayerWeights>& layers,
                                                         const Frame& frame, const Kernel& kernel,
                                                         int oversampling) {
    return std::shared_ptr<const KernelNetwork>(
        new KernelNetwork(layers, frame, kernel, oversampling));
}

KernelNetwork::KernelNetwork(const std::vector<LayerWeights>& layers, const Frame& frame,
                             const Kernel& kernel, int oversampling)
    : frame_(frame), kernel_(kernel), oversampling_(oversampling), packed_(layers, kernel),
      rest_(find_rest()) {}

std::vector<float> KernelNetwork::find_rest() const {
    Stream stream(nullptr, *this, 1, 1, packed_.initial());
    const std::vector<float> conditions(static_cast<std::size_t>(frame_.conditions), 0.5F);
    std::array<float, chunk_samples> sound{};
    const float* const in[] = {sound.data()};
    std::array<float, chunk_samples> played{};
    float* const out[] = {played.data()};
    for (int at = 0; at < frame_.prewarm_samples; at += chunk_samples)
        stream.process(in, conditions, out, std::min(chunk_samples, frame_.prewarm_samples - at));
    return stream.state();
}

std::unique_ptr<NetworkStream> KernelNetwork::make_stream(int channels) const {
    if (channels < 1)
        throw Error("a stream needs at least one channel");
    return std::make_unique<Stream>(shared_from_this(), *this, channels, oversampling_, rest_);
}

} // namespace tonecast::recurrent
