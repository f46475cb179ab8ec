#include "engine/chain/cabinet.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tonecast {

Cabinet::~Cabinet() {
    for (const Voice* voice : {coming_.load(), playing_, next_})
        delete voice;
    free_retired();
}

void Cabinet::prepare(int sample_rate_hz, int channels, int max_samples) {
    const std::lock_guard lock(control_);
    sample_rate_hz_ = sample_rate_hz;
    channels_ = channels;
    fade_samples_ = std::max(1, static_cast<int>(std::lround(fade_s * sample_rate_hz)));
    next_out_.resize(channels, max_samples);
    auto voice = make_voice();
    for (const Voice* old : {coming_.exchange(nullptr), playing_, next_})
        delete old;
    free_retired();
    playing_ = voice.release();
    next_ = nullptr;
}

std::unique_ptr<Cabinet::Voice> Cabinet::make_voice() const {
    auto voice = std::make_unique<Voice>();
    if (response_)
        voice->convolver.emplace(response_->at_rate(sample_rate_hz_), channels_);
    return voice;
}

void Cabinet::load(std::shared_ptr<const ImpulseResponse> response) {
    const std::lock_guard lock(control_);
    free_retired();
    response_ = std::move(response);
    if (sample_rate_hz_ > 0)
        delete coming_.exchange(make_voice().release(), std::memory_order_acq_rel);
}

void Cabinet::collect() {
    const std::lock_guard lock(control_);
    free_retired();
}

void Cabinet::free_retired() noexcept {
    const Voice* voice = retired_.exchange(nullptr, std::memory_order_acquire);
    while (voice != nullptr)
        delete std::exchange(voice, voice->retired_before);
}

void Cabinet::reset() noexcept {
    if (next_ != nullptr)
        take_over();
    if (playing_ != nullptr && playing_->convolver)
        playing_->convolver->reset();
}

void Cabinet::jump() noexcept {
    if (coming_.load(std::memory_order_relaxed) == nullptr)
        return;
    if (next_ != nullptr)
        take_over();
    next_ = coming_.exchange(nullptr, std::memory_order_acquire);
    take_over();
}

/// The next voice plays from now on; the one before goes back to be freed.
void Cabinet::take_over() noexcept {
    Voice* const old = std::exchange(playing_, std::exchange(next_, nullptr));
    if (old == nullptr)
        return;
    old->retired_before = retired_.load(std::memory_order_relaxed);
    // Fails only where the list has just been emptied, which is seldom done.
    while (!retired_.compare_exchange_weak(old->retired_before, old, std::memory_order_release,
                                           std::memory_order_relaxed)) {
    }
}

void Cabinet::process(AudioBuffer& samples, int n) noexcept {
    if (next_ == nullptr && coming_.load(std::memory_order_relaxed) != nullptr) {
        next_ = coming_.exchange(nullptr, std::memory_order_acquire);
        faded_ = 0;
    }
    if (next_ == nullptr)
        play(playing_, samples, samples, n);
    else
        fade(samples, n);
}

void Cabinet::play(Voice* voice, const AudioBuffer& in, AudioBuffer& out, int n) noexcept {
    if (voice != nullptr && voice->convolver)
        voice->convolver->process(in, out, n);
    else if (&in != &out)
        for (int c = 0; c < in.channels(); ++c)
            std::copy_n(in.channel(c), n, out.channel(c));
}

void Cabinet::fade(AudioBuffer& samples, int n) noexcept {
    play(next_, samples, next_out_, n);
    play(playing_, samples, samples, n);
    for (int c = 0; c < samples.channels(); ++c) {
        const float* const fresh = next_out_.channel(c);
        float* const out = samples.channel(c);
        for (int i = 0; i < n; ++i) {
            const float gain = static_cast<float>(std::min(faded_ + i + 1, fade_samples_)) /
                               static_cast<float>(fade_samples_);
            out[i] = gain == 1.0F ? fresh[i] : (1.0F - gain) * out[i] + gain * fresh[i];
        }
    }
    faded_ = std::min(faded_ + n, fade_samples_);
    if (faded_ == fade_samples_)
        take_over();
}

} // namespace tonecast
