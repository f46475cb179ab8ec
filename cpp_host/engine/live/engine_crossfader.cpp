#include "engine/live/engine_crossfader.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tonecast {

namespace {

constexpr double fade_s = 0.05;

std::array<float*, Engine::max_channels> channel_pointers(AudioBuffer& buffer) noexcept {
    std::array<float*, Engine::max_channels> pointers{};
    for (int c = 0; c < buffer.channels(); ++c)
        pointers[static_cast<std::size_t>(c)] = buffer.channel(c);
    return pointers;
}

} // namespace

void EngineCrossfader::prepare(int sample_rate_hz, int channels) {
    channels_ = channels;
    fade_samples_ = std::max(1, static_cast<int>(std::lround(fade_s * sample_rate_hz)));
    coming_out_.resize(channels, slice_samples);
}

void EngineCrossfader::put(std::shared_ptr<Engine> engine) {
    Engine* next = engine.get();
    engines_.push_back(std::move(engine));
    release(next_.exchange(next, std::memory_order_acq_rel));
}

void EngineCrossfader::collect() {
    release(retired_.exchange(nullptr, std::memory_order_acq_rel));
}

void EngineCrossfader::release(const Engine* engine) {
    std::erase_if(engines_, [&](const auto& owned) {
        if (owned.get() == engine)
            past_ += owned->counters();
        return owned.get() == engine;
    });
}

bool EngineCrossfader::holds(const Engine* engine) const noexcept {
    return std::ranges::any_of(engines_, [&](const auto& owned) { return owned.get() == engine; });
}

Counters EngineCrossfader::counters() const {
    Counters total = past_;
    for (const auto& engine : engines_)
        total += engine->counters();
    return total;
}

void EngineCrossfader::process(const float* const* in, float* const* out, int n,
                               const float* const* sidechain) noexcept {
    std::array<const float*, Engine::max_channels> ins{};
    std::array<const float*, Engine::max_channels> sides{};
    std::array<float*, Engine::max_channels> outs{};
    for (int at = 0; at < n; at += slice_samples) {
        for (std::size_t c = 0; c < static_cast<std::size_t>(channels_); ++c) {
            ins[c] = in[c] + at;
            sides[c] = sidechain != nullptr ? sidechain[c] + at : nullptr;
            outs[c] = out[c] + at;
        }
        process_slice(ins.data(), sidechain != nullptr ? sides.data() : nullptr, outs.data(),
                      std::min(slice_samples, n - at));
    }
}

void EngineCrossfader::take_next() noexcept {
    // An old engine that was not collected yet would be overwritten when the next is handed back.
    if (coming_ != nullptr || retired_.load(std::memory_order_acquire) != nullptr)
        return;
    Engine* next = next_.exchange(nullptr, std::memory_order_acq_rel);
    if (next == nullptr)
        return;
    if (playing_ == nullptr) {
        playing_ = next;
        return;
    }
    coming_ = next;
    warm_up_left_ = next->latency_samples();
    fade_left_ = fade_samples_;
}

void EngineCrossfader::process_slice(const float* const* in, const float* const* sidechain,
                                     float* const* out, int n) noexcept {
    take_next();
    if (playing_ == nullptr) {
        for (int c = 0; c < channels_; ++c)
            std::fill_n(out[c], n, 0.0F);
        return;
    }
    const auto coming_out = channel_pointers(coming_out_);
    if (coming_ != nullptr) // first, because in and out may be the same buffers
        coming_->process(in, coming_out.data(), n, sidechain);
    playing_->process(in, out, n, sidechain);
    if (coming_ == nullptr)
        return;

    const int fade_from = std::min(n, warm_up_left_);
    const int fade_to = std::min(n, fade_from + fade_left_);
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels_); ++c) {
        for (int i = fade_from; i < fade_to; ++i) {
            const float old_gain = static_cast<float>(fade_left_ - (i - fade_from)) /
                                   static_cast<float>(fade_samples_);
            out[c][i] = old_gain * out[c][i] + (1.0F - old_gain) * coming_out[c][i];
        }
        std::copy(coming_out[c] + fade_to, coming_out[c] + n, out[c] + fade_to);
    }
    warm_up_left_ -= fade_from;
    fade_left_ -= fade_to - fade_from;
    if (fade_left_ == 0)
        finish_swap();
}

void EngineCrossfader::finish_swap() noexcept {
    retired_.store(std::exchange(playing_, std::exchange(coming_, nullptr)),
                   std::memory_order_release);
    swaps_.fetch_add(1, std::memory_order_relaxed);
}

void EngineCrossfader::reset() noexcept {
    if (coming_ == nullptr)
        take_next();
    if (coming_ != nullptr)
        finish_swap();
    if (playing_ != nullptr)
        playing_->reset();
}

} // namespace tonecast
