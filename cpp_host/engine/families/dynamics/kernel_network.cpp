#include "engine/families/dynamics/kernel_network.h"

#include "engine/error.h"
#include "engine/kernels/instruction_sets.h"
#include "engine/nonblocking.h"
#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace tonecast::dynamics {

namespace {

constexpr std::size_t taps_at_once = 4; // so that sums stay in registers for longer
constexpr int room_samples = 1024;      // in the past, before it is moved back to the front

/// out[t] = Σ taps[j] · in[t − j · step], summed up in the order of the taps whatever the cut.
void convolve(std::span<const float> taps, const float* in, int step, std::span<float> out) {
    std::ranges::fill(out, 0.0F);
    for (std::size_t j = 0; j < taps.size(); j += taps_at_once) {
        const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(j) * step;
        const float* const x0 = in - first;
        const float* const x1 = x0 - step;
        const float* const x2 = x1 - step;
        const float* const x3 = x2 - step;
        for (std::size_t t = 0; t < out.size(); ++t)
            out[t] = out[t] + taps[j] * x0[t] + taps[j + 1] * x1[t] + taps[j + 2] * x2[t] +
                     taps[j + 3] * x3[t];
    }
}

} // namespace

class Stream : public NetworkStream {
public:
    Stream(std::shared_ptr<const KernelNetwork> network, int channels)
        : network_(std::move(network)), channels_(static_cast<std::size_t>(channels)),
          past_(static_cast<std::size_t>(network_->past_samples())),
          sound_size_(past_ + room_samples), sound_(channels_ * sound_size_),
          channel_states_(network_->gain_computer_.state_size() *
                          static_cast<std::size_t>(network_->oversampling_)),
          states_(channels_ * channel_states_) {
        reset_now();
    }

    void reset() noexcept TONECAST_NONBLOCKING override { reset_now(); }

    void process(const float* const* in, std::span<const float> /*conditions*/, float* const* out,
                 int n) noexcept TONECAST_NONBLOCKING override {
        const FlushDenormals while_running; // the same bits on any thread
        for (int done = 0; done < n; done += chunk_samples)
            play(in, out, done, static_cast<std::size_t>(std::min(chunk_samples, n - done)));
    }

private:
    void reset_now() noexcept {
        std::ranges::fill(sound_, 0.0F);
        at_ = past_;
        phase_ = 0;
        const std::size_t size = network_->gain_computer_.state_size();
        for (std::size_t i = 0; i < states_.size(); i += size)
            network_->gain_computer_.reset({states_.data() + i, size});
    }

    /// Of each channel the past stands before the place of the next sample.
    void play(const float* const* in, float* const* out, int begin, std::size_t count) noexcept {
        if (at_ + count > sound_size_) {
            for (std::size_t c = 0; c < channels_; ++c) {
                float* const sound = sound_.data() + c * sound_size_;
                std::copy_n(sound + at_ - past_, past_, sound);
            }
            at_ = past_;
        }
        std::array<float, chunk_samples> gains;
        std::array<float, chunk_samples> filtered;
        for (std::size_t c = 0; c < channels_; ++c) {
            float* const sound = sound_.data() + c * sound_size_ + at_;
            std::copy_n(in[c] + begin, count, sound);
            network_->gain_computer_.run({sound, count}, {gains.data(), count},
                                         states_.data() + c * channel_states_,
                                         network_->oversampling_, phase_);
            convolve(network_->taps_, sound, network_->oversampling_, {filtered.data(), count});
            for (std::size_t t = 0; t < count; ++t)
                out[c][static_cast<std::size_t>(begin) + t] = filtered[t] * gains[t];
        }
        at_ += count;
        phase_ = (phase_ + static_cast<int>(count)) % network_->oversampling_;
    }

    std::shared_ptr<const KernelNetwork> network_;
    std::size_t channels_;
    std::size_t past_;
    std::size_t sound_size_;
    std::vector<float> sound_;
    std::size_t at_ = 0; // the next sample's place
    std::size_t channel_states_;
    std::vector<double> states_;
    int phase_ = 0; // the state that the next sample uses
};

KernelNetwork::KernelNetwork(const Weights& weights, int oversampling)
    : gain_computer_(weights), taps_(weights.taps.rbegin(), weights.taps.rend()),
      oversampling_(oversampling) {
    taps_.resize((taps_.size() + taps_at_once - 1) / taps_at_once * taps_at_once);
}

std::shared_ptr<const KernelNetwork> KernelNetwork::make(const Weights& weights, int oversampling) {
    return std::shared_ptr<const KernelNetwork>(new KernelNetwork(weights, oversampling));
}

std::string KernelNetwork::instruction_set() const {
    return std::string(kernels::instruction_sets().back()); // what all of this machine's kind have
}

std::unique_ptr<NetworkStream> KernelNetwork::make_stream(int channels) const {
    if (channels < 1)
        throw Error("a stream needs at least one channel");
    return std::make_unique<Stream>(shared_from_this(), channels);
}

} // namespace tonecast::dynamics
