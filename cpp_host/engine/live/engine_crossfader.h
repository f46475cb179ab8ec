#pragma once

#include "engine/engine.h"
#include "engine/signal/audio_buffer.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace tonecast {

/// Plays an engine, and fades over to another one without interrupting the sound.
///
/// The next engine is prepared aside on the control thread. The audio thread lets it run along
/// until its latency is filled, fades from the old one to it, and hands the old one back to the
/// control thread, which releases it.
class EngineCrossfader {
public:
    /// The most engines that are held at a time, while put() adds one: the one that plays, one that
    /// fades in or has faded out, and the next, which the new one replaces.
    static constexpr std::size_t max_engines = 4;

    // Control thread.

    /// Before playing, while process() is not running.
    void prepare(int sample_rate_hz, int channels);

    /// Takes a prepared engine, for this sample rate and these channels, to be played next: from
    /// now on only its knobs and counters may be used. One that was put before and has not begun
    /// to play is released.
    void put(std::shared_ptr<Engine> engine);

    /// Releases the engines that have faded out.
    void collect();

    /// Whether this engine plays or may yet: from put() on, until it has faded out and was
    /// collected, or was replaced before it played.
    bool holds(const Engine* engine) const noexcept;

    /// Of all engines that were played, in total.
    Counters counters() const;

    // Audio thread. Neither allocates nor locks; silence as long as there is no engine.
    // `sidechain` is what engines may listen to beside, or null.
    void process(const float* const* in, float* const* out, int n,
                 const float* const* sidechain = nullptr) noexcept;

    /// Begins a new stream, without a fade where one was under way or due.
    void reset() noexcept;

    /// Calls `f` with each engine that plays in the next process(): to set knobs on time.
    template <typename F>
    void for_each_playing(F f) noexcept {
        take_next();
        for (Engine* engine : {playing_, coming_})
            if (engine != nullptr)
                f(*engine);
    }

    /// Any thread: how many engines have been faded over to.
    int swaps() const noexcept { return swaps_.load(std::memory_order_relaxed); }

private:
    static constexpr int slice_samples = 512;

    void release(const Engine* engine);
    void take_next() noexcept;
    void process_slice(const float* const* in, const float* const* sidechain, float* const* out,
                       int n) noexcept;
    void finish_swap() noexcept;

    Counters past_;                                // of engines that were released
    std::vector<std::shared_ptr<Engine>> engines_; // all that may be played; control thread

    std::atomic<Engine*> next_{nullptr};    // from the control thread to the audio thread
    std::atomic<Engine*> retired_{nullptr}; // and back
    std::atomic<int> swaps_{0};

    // Audio thread.
    Engine* playing_ = nullptr;
    Engine* coming_ = nullptr; // runs along, then fades in
    int warm_up_left_ = 0;
    int fade_left_ = 0;
    int fade_samples_ = 1;
    int channels_ = 0;
    AudioBuffer coming_out_;
};

} // namespace tonecast
