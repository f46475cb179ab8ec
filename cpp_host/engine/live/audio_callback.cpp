#include "engine/live/audio_callback.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>

namespace tonecast {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

// PortAudio's PaStreamCallbackFlags and PaStreamCallbackResult (portaudio.h, version 19).
constexpr unsigned long input_underflow = 1;
constexpr unsigned long input_overflow = 2;
constexpr unsigned long output_underflow = 4;
constexpr unsigned long output_overflow = 8;
constexpr int go_on = 0;

float peak(std::span<const float> samples) noexcept {
    float highest = 0.0F;
    for (const float sample : samples)
        highest = std::max(highest, std::fabs(sample));
    return highest;
}

/// Not one atomic operation: a meter that is read in between may miss this peak, which is no loss.
void raise(std::atomic<float>& meter, float value) noexcept {
    if (value > meter.load(relaxed))
        meter.store(value, relaxed);
}

} // namespace

void AudioCallback::prepare(const CardSettings& settings) {
    settings_ = settings;
    const auto samples = [&](float seconds) {
        return static_cast<int>(
            std::lround(static_cast<double>(seconds) * settings.sample_rate_hz));
    };
    crossfader_.prepare(settings.sample_rate_hz, settings.output_channels);
    buffer_.resize(settings.output_channels, slice_samples);
    sidechain_.resize(settings.output_channels, slice_samples);
    soft_start_.prepare(std::max(1, samples(settings.soft_start_s)));
    restart();
    soft_start_gain_.resize(slice_samples);
    recording_.prepare(static_cast<std::size_t>(samples(settings.record_buffer_s)) *
                       static_cast<std::size_t>(settings.output_channels));
}

void AudioCallback::restart() noexcept {
    soft_start_.jump_to(0.0F);
    soft_start_.move_to(1.0F);
    crossfader_.reset();
}

void AudioCallback::process(const float* in, float* out, int frames, bool input_xrun,
                            bool output_xrun) noexcept {
    using namespace std::chrono;
    const auto start = steady_clock::now();
    const auto total = [frames](int channels) {
        return static_cast<std::size_t>(frames) * static_cast<std::size_t>(channels);
    };
    const std::span played(out, total(settings_.output_channels));
    raise(input_peak_, peak({in, total(settings_.input_channels)}));
    for (int at = 0; at < frames; at += slice_samples)
        process_slice(in + at * settings_.input_channels, out + at * settings_.output_channels,
                      std::min(slice_samples, frames - at));
    raise(output_peak_, peak(played));
    if (settings_.record_buffer_s > 0.0F && !recording_.push(played))
        unrecorded_samples_.fetch_add(static_cast<std::uint64_t>(frames), relaxed);

    block_samples_.store(frames, relaxed);
    input_xruns_.fetch_add(input_xrun ? 1 : 0, relaxed);
    output_xruns_.fetch_add(output_xrun ? 1 : 0, relaxed);
    const float took_us = duration<float, std::micro>(steady_clock::now() - start).count();
    durations_.add(took_us);
    if (took_us * static_cast<float>(settings_.sample_rate_hz) > 1e6F * static_cast<float>(frames))
        misses_.fetch_add(1, relaxed);
}

void AudioCallback::process_slice(const float* in, float* out, int frames) noexcept {
    const int inputs = settings_.input_channels;
    const int outputs = settings_.output_channels;
    const int sounding = inputs - settings_.sidechain_channels;
    /// A buffer from the inputs first to last; those that are missing repeat the last one.
    const auto filled = [&](AudioBuffer& buffer, int first, int last) {
        std::array<float*, Engine::max_channels> channels{};
        for (int c = 0; c < outputs; ++c) {
            float* channel = channels[static_cast<std::size_t>(c)] = buffer.channel(c);
            for (int i = 0; i < frames; ++i)
                channel[i] = in[i * inputs + std::min(first + c, last)];
        }
        return channels;
    };
    const auto channels = filled(buffer_, 0, sounding - 1);
    if (settings_.sidechain_channels > 0)
        crossfader_.process(channels.data(), channels.data(), frames,
                            filled(sidechain_, sounding, inputs - 1).data());
    else
        crossfader_.process(channels.data(), channels.data(), frames);
    soft_start_.next(std::span(soft_start_gain_).first(static_cast<std::size_t>(frames)));
    for (int c = 0; c < outputs; ++c)
        for (int i = 0; i < frames; ++i)
            out[i * outputs + c] =
                buffer_.channel(c)[i] * soft_start_gain_[static_cast<std::size_t>(i)];
}

CardReport AudioCallback::report() noexcept {
    return {durations_.count(),
            block_samples_.load(relaxed),
            misses_.load(relaxed),
            input_xruns_.load(relaxed),
            output_xruns_.load(relaxed),
            unrecorded_samples_.load(relaxed),
            input_peak_.exchange(0.0F, relaxed),
            output_peak_.exchange(0.0F, relaxed)};
}

int AudioCallback::portaudio_callback(const void* in, void* out, unsigned long frames,
                                      const void* /*time_info*/, unsigned long status,
                                      void* user_data) noexcept {
    static_cast<AudioCallback*>(user_data)->process(
        static_cast<const float*>(in), static_cast<float*>(out), static_cast<int>(frames),
        (status & (input_underflow | input_overflow)) != 0,
        (status & (output_underflow | output_overflow)) != 0);
    return go_on;
}

} // namespace tonecast
