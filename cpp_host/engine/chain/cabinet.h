#pragma once

#include "engine/convolution/convolver.h"
#include "engine/convolution/impulse_response.h"
#include "engine/signal/audio_buffer.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace tonecast {

/// The loudspeaker behind an amplifier, by its impulse response; without one, as it begins, samples
/// pass bit for bit. No latency. Another response fades in within 20 ms and begins with silence
/// before it.
class Cabinet {
public:
    static constexpr double fade_s = 0.02;

    Cabinet() = default;
    ~Cabinet();
    Cabinet(const Cabinet&) = delete;
    Cabinet& operator=(const Cabinet&) = delete;

    // Any thread but the audio thread; they wait for each other.

    /// While process() is not running. Allocates; begins a new stream.
    void prepare(int sample_rate_hz, int channels, int max_samples);

    /// Also while process() is running. What it replaces fades out, and is freed by
    /// a later load() or collect(). None: samples pass. Allocates, and computes for some
    /// milliseconds.
    void load(std::shared_ptr<const ImpulseResponse> response);

    /// Also while process() is running: frees what has faded out.
    void collect();

    /// Any thread, while process() is not running: begins a new stream.
    void reset() noexcept;

    /// Audio thread, before the first process() of a stream: what was loaded plays without a fade.
    void jump() noexcept;

    /// Audio thread. n ≤ max_samples of each channel, in place.
    void process(AudioBuffer& samples, int n) noexcept;

private:
    struct Voice {
        std::optional<Convolver> convolver; // none: samples pass
        Voice* retired_before = nullptr;
    };

    std::unique_ptr<Voice> make_voice() const;
    void take_over() noexcept;
    void fade(AudioBuffer& samples, int n) noexcept;
    static void play(Voice* voice, const AudioBuffer& in, AudioBuffer& out, int n) noexcept;

    void free_retired() noexcept;

    std::mutex control_; // held by those that are not the audio thread
    std::shared_ptr<const ImpulseResponse> response_;
    int sample_rate_hz_ = 0; // 0: unprepared
    int channels_ = 0;

    // From the control thread to the audio thread, and back: a list that the control thread takes
    // as a whole.
    std::atomic<Voice*> coming_{nullptr};
    std::atomic<Voice*> retired_{nullptr};

    // Audio thread.
    Voice* playing_ = nullptr; // none: samples pass
    Voice* next_ = nullptr;    // fades in
    int faded_ = 0;            // samples of the fade
    int fade_samples_ = 1;
    AudioBuffer next_out_;
};

} // namespace tonecast
