#include "engine/engine.h"

#include "engine/error.h"
#include "engine/signal/flush_denormals.h"
#include "engine/signal/rate_ratio.h"
#include "engine/signal/sane.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace tonecast {

namespace {

constexpr double ramp_s = 0.02;
constexpr int slice_samples = 512; // blocks are cut into these, so buffers stay small and in cache

int choose_hop(const Contract& contract, int asked) {
    if (asked == 0)
        return contract.hop_size_samples;
    const auto& hops = contract.hop_sizes_samples;
    if (std::ranges::find(hops, asked) != hops.end())
        return asked;
    std::string known;
    for (const int hop : hops)
        known += (known.empty() ? "" : ", ") + std::to_string(hop);
    throw Error("hop size " + std::to_string(asked) + " is not one that " + contract.name +
                " was made for; choose among " + known);
}

void check(const Contract& contract, const PlaySettings& settings) {
    if (contract.kind != Kind::effect)
        throw Error(contract.name + " is a predictor, not an effect: it makes no sound by itself");
    if (settings.channels < 1 || settings.channels > Engine::max_channels)
        throw Error(std::to_string(settings.channels) + " channels cannot be played; give 1 to " +
                    std::to_string(Engine::max_channels));
    if (settings.sample_rate_hz < 8000 || settings.sample_rate_hz > 384000)
        throw Error("a sample rate of " + std::to_string(settings.sample_rate_hz) +
                    " Hz cannot be played; give 8000 to 384000 Hz");
}

} // namespace

Engine::Engine(std::shared_ptr<const Model> model) : model_(std::move(model)) {
    for (const Control& control : contract().controls)
        controls_.push_back(std::make_unique<ControlValue>(control.default_value));
}

void Engine::prepare(const PlaySettings& settings) {
    runner_.reset(); // unprepared until all has gone well
    check(contract(), settings);
    const int host_rate_hz = settings.sample_rate_hz;
    const int model_rate_hz = contract().sample_rate_hz;
    const int frame_size = contract().frame_size_samples;
    const int channels = settings.channels;
    const int hop = choose_hop(contract(), settings.hop_size_samples);

    to_model_rate_.prepare(host_rate_hz, model_rate_hz, channels, slice_samples);
    to_host_rate_.prepare(model_rate_hz, host_rate_hz, channels, hop);

    // The k-th sample of a frame is final when the frame after it begins, so at worst a whole
    // frame later; each resampler waits for its look-ahead. All rounded up to whole host samples.
    const RateRatio to_host(model_rate_hz, host_rate_hz);
    const long long model_wait = to_host_rate_.lookahead_samples() + frame_size;
    latency_samples_ =
        to_model_rate_.lookahead_samples() +
        static_cast<int>((model_wait * to_host.up + to_host.down - 1) / to_host.down);

    dry_.resize(channels, slice_samples);
    dry_delay_.prepare(channels, latency_samples_, slice_samples);
    const int ramp_samples = static_cast<int>(std::lround(ramp_s * host_rate_hz));
    input_gain_db_.prepare(ramp_samples);
    input_gain_.resize(slice_samples);
    gained_.resize(channels, slice_samples);
    model_in_.resize(channels, to_model_rate_.max_output_samples(slice_samples));
    framer_.prepare(channels, frame_size, hop, contract().analysis_window);
    for (auto& control : controls_)
        control->prepare(std::max(1, static_cast<int>(std::lround(ramp_s * model_rate_hz / hop))));
    overlap_add_.prepare(channels, frame_size, hop, contract().analysis_window,
                         contract().synthesis_window);
    model_out_.resize(channels, hop);
    host_out_.resize(channels, to_host_rate_.max_output_samples(hop));
    wet_delay_.prepare(channels, latency_samples_, slice_samples + host_out_.samples());
    wet_.resize(channels, slice_samples);
    mixer_.prepare(ramp_samples, slice_samples);

    auto runner = model_->make_runner();
    runner->prepare(channels);
    runner_ = std::move(runner);
    frames_ = bad_frames_ = nonfinite_input_samples_ = 0;
    begins_ = true;
}

void Engine::reset() noexcept {
    dry_delay_.reset();
    to_model_rate_.reset();
    framer_.reset();
    if (runner_)
        runner_->reset();
    overlap_add_.reset();
    to_host_rate_.reset();
    wet_delay_.reset();
    begins_ = true;
}

void Engine::process(const float* const* in, float* const* out, int n) noexcept {
    const FlushDenormals while_playing;
    if (n > 0)
        follow_knobs();
    for (int at = 0; at < n; at += slice_samples)
        process_slice(in, out, at, std::min(slice_samples, n - at));
}

void Engine::follow_knobs() noexcept {
    if (std::exchange(begins_, false)) {
        input_gain_db_.jump();
        for (auto& control : controls_)
            control->jump();
        mixer_.jump();
    } else {
        input_gain_db_.follow();
        for (auto& control : controls_)
            control->follow();
        mixer_.follow();
    }
}

void Engine::process_slice(const float* const* in, float* const* out, int at, int n) noexcept {
    take_input(in, at, n);
    dry_delay_.push(dry_, n);
    const int model_samples = to_model_rate_.process(gained_, n, model_in_);
    for (int from = 0; from < model_samples;) {
        from += framer_.push(model_in_, from, model_samples - from);
        if (framer_.full())
            play_frame();
    }
    wet_delay_.pop(wet_, n);
    dry_delay_.pop(dry_, n);
    mixer_.process(dry_, wet_, out, at, n);
}

void Engine::take_input(const float* const* in, int at, int n) noexcept {
    input_gain_db_.next(std::span(input_gain_).first(static_cast<std::size_t>(n)));
    int insane = 0;
    for (int c = 0; c < dry_.channels(); ++c) {
        const float* samples = in[c] + at;
        float* dry = dry_.channel(c);
        float* gained = gained_.channel(c);
        for (int i = 0; i < n; ++i) {
            const bool sane = is_sane(samples[i]);
            insane += sane ? 0 : 1;
            dry[i] = sane ? samples[i] : 0.0F;
            gained[i] = dry[i] * input_gain_[static_cast<std::size_t>(i)];
        }
    }
    if (insane > 0)
        nonfinite_input_samples_.fetch_add(static_cast<std::uint64_t>(insane),
                                           std::memory_order_relaxed);
}

void Engine::play_frame() noexcept {
    framer_.pop(runner_->frame());
    for (std::size_t i = 0; i < controls_.size(); ++i)
        runner_->controls()[i] = controls_[i]->next();

    const bool good = runner_->run() && is_sane(runner_->frame_out());
    if (!good) {
        runner_->reset(); // its state may carry the fault on
        bad_frames_.fetch_add(1, std::memory_order_relaxed);
    }
    frames_.fetch_add(1, std::memory_order_relaxed);

    const std::span<const float> dry_frame = runner_->frame();
    const int final = overlap_add_.process(good ? runner_->frame_out() : dry_frame, model_out_);
    const int host_samples = to_host_rate_.process(model_out_, final, host_out_);
    wet_delay_.push(host_out_, host_samples);
}

Counters Engine::counters() const noexcept {
    return {frames_.load(std::memory_order_relaxed), bad_frames_.load(std::memory_order_relaxed),
            nonfinite_input_samples_.load(std::memory_order_relaxed)};
}

} // namespace tonecast
