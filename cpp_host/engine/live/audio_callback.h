#pragma once

#include "engine/live/duration_histogram.h"
#include "engine/live/engine_crossfader.h"
#include "engine/live/sample_queue.h"
#include "engine/signal/audio_buffer.h"

#include <atomic>
#include <cstdint>
#include <vector>

namespace tonecast {

/// How a sound card is opened.
struct CardSettings {
    int sample_rate_hz = 48000;
    int input_channels = 2;
    int output_channels = 2;
    float soft_start_s = 0.05F;   // silence fades to full level, in case speakers feed back
    float record_buffer_s = 0.0F; // how much of the output may wait to be written to a file
    int sidechain_channels = 0;   // the last of the inputs: a side-chain
};

/// What happened at the card. Meters hold the highest peak since they were last read.
struct CardReport {
    std::uint64_t callbacks = 0;
    int block_samples = 0;                // of the last callback
    std::uint64_t misses = 0;             // callbacks that took longer than their block lasts
    std::uint64_t input_xruns = 0;        // the system lost input, or had none
    std::uint64_t output_xruns = 0;       // the system lost output, or had none
    std::uint64_t unrecorded_samples = 0; // did not fit into the record buffer
    float input_peak = 0.0F;
    float output_peak = 0.0F;
};

/// Plays a crossfader from a sound card's callback: PortAudio's kind, with interleaved float
/// samples. Input channels that the card lacks repeat its last one.
class AudioCallback {
public:
    /// Control thread, while the card is closed.
    void prepare(const CardSettings& settings);

    /// Control thread, while the card is closed: what comes next is a new stream, which fades in.
    void restart() noexcept;

    /// Put engines here, prepared for the output's channels.
    EngineCrossfader& crossfader() noexcept { return crossfader_; }

    /// Audio thread. Neither allocates, locks, logs nor throws.
    void process(const float* in, float* out, int frames, bool input_xrun,
                 bool output_xrun) noexcept;

    // Any other thread.
    CardReport report() noexcept;
    std::uint64_t unrecorded_samples() const noexcept {
        return unrecorded_samples_.load(std::memory_order_relaxed);
    }
    int block_samples() const noexcept { return block_samples_.load(std::memory_order_relaxed); }
    const DurationHistogram& durations() const noexcept { return durations_; }

    /// One other thread: the output since the last call, interleaved; returns the samples written.
    std::size_t read_recording(std::span<float> samples) noexcept {
        return recording_.pop(samples);
    }

    /// What is handed to PortAudio: a PaStreamCallback, with this object as its user data.
    static int portaudio_callback(const void* in, void* out, unsigned long frames,
                                  const void* time_info, unsigned long status,
                                  void* user_data) noexcept;

private:
    static constexpr int slice_samples = 512;

    void process_slice(const float* in, float* out, int frames) noexcept;

    EngineCrossfader crossfader_;
    CardSettings settings_;
    AudioBuffer buffer_;
    AudioBuffer sidechain_;
    Ramp soft_start_;
    std::vector<float> soft_start_gain_;
    SampleQueue recording_;

    DurationHistogram durations_;
    std::atomic<int> block_samples_{0};
    std::atomic<std::uint64_t> misses_{0};
    std::atomic<std::uint64_t> input_xruns_{0};
    std::atomic<std::uint64_t> output_xruns_{0};
    std::atomic<std::uint64_t> unrecorded_samples_{0};
    std::atomic<float> input_peak_{0.0F};
    std::atomic<float> output_peak_{0.0F};
};

} // namespace tonecast
