#include "engine/engine.h"

#include "engine/error.h"
#include "engine/inference/async_executor.h"
#include "engine/inference/inline_executor.h"
#include "engine/signal/finite.h"
#include "engine/signal/flush_denormals.h"
#include "engine/signal/rate_ratio.h"
#include "engine/threads/own_thread.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace tonecast {

namespace {

constexpr double ramp_s = 0.02;
constexpr float input_room_db = 1.0F;  // above the trained peak, in which a ceiling bends
constexpr float output_knee_db = 1.0F; // above what the training was to give
constexpr float output_room_db = 1.5F; // so what comes out is less than 3 dB above it
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
    if (settings.max_block_samples < 1 || settings.max_block_samples > 65536)
        throw Error("blocks of " + std::to_string(settings.max_block_samples) +
                    " samples cannot be played in time; give 1 to 65536");
    if (settings.sample_rate_hz < 8000 || settings.sample_rate_hz > 384000)
        throw Error("a sample rate of " + std::to_string(settings.sample_rate_hz) +
                    " Hz cannot be played; give 8000 to 384000 Hz");
}

/// As many hops as it takes for a frame to be due in a later block than the one it ended in.
int worker_delay_hops(const PlaySettings& settings, int model_rate_hz, int hop) {
    const RateRatio to_model(settings.sample_rate_hz, model_rate_hz);
    const long long host_hop = static_cast<long long>(hop) * to_model.down;
    const long long block = static_cast<long long>(settings.max_block_samples) * to_model.up;
    return std::max(1, static_cast<int>((block + host_hop - 1) / host_hop));
}

std::shared_ptr<FrameExecutor> make_executor(const Model& model, const PlaySettings& settings,
                                             int hop) {
    auto runner = model.make_runner();
    runner->prepare(settings.channels);
    if (settings.mode == Mode::inline_)
        return std::make_shared<InlineExecutor>(std::move(runner));
    const int delay_hops = worker_delay_hops(settings, model.contract().sample_rate_hz, hop);
    return on_own_thread(std::make_shared<AsyncExecutor>(std::move(runner), delay_hops));
}

} // namespace

Engine::Engine(std::shared_ptr<const Model> model) : model_(std::move(model)) {
    for (const Control& control : contract().controls)
        controls_.push_back(std::make_unique<GraphControl>(control));
}

void Engine::prepare(const PlaySettings& settings) {
    executor_.reset(); // unprepared until all has gone well
    check(contract(), settings);
    const int host_rate_hz = settings.sample_rate_hz;
    const int model_rate_hz = contract().sample_rate_hz;
    const int frame_size = contract().frame_size_samples;
    const int channels = settings.channels;
    const int hop = choose_hop(contract(), settings.hop_size_samples);
    const Window analysis = contract().analysis_window;
    auto executor = make_executor(*model_, settings, hop);
    const int late_samples = executor->delay_hops() * hop;

    to_model_rate_.prepare(host_rate_hz, model_rate_hz, channels, slice_samples);
    to_host_rate_.prepare(model_rate_hz, host_rate_hz, channels, hop);

    // The k-th sample of a frame is final when the frame after it begins, so at worst a whole
    // frame later; each resampler waits for its look-ahead. All rounded up to whole host samples.
    const RateRatio to_host(model_rate_hz, host_rate_hz);
    const long long model_wait = to_host_rate_.lookahead_samples() + frame_size + late_samples;
    latency_samples_ =
        to_model_rate_.lookahead_samples() +
        static_cast<int>((model_wait * to_host.up + to_host.down - 1) / to_host.down);

    input_.resize(channels, slice_samples);
    dry_delay_.prepare(channels, latency_samples_, slice_samples);
    const int ramp_samples = static_cast<int>(std::lround(ramp_s * host_rate_hz));
    input_gain_db_.prepare(ramp_samples);
    input_gain_.resize(slice_samples);
    gained_.resize(channels, slice_samples);
    model_in_.resize(channels, to_model_rate_.max_output_samples(slice_samples));
    framer_.prepare(channels, frame_size, hop, analysis);
    hop_samples_ = hop;
    // A frame is played when the hop that it ends in is complete and has passed the resampler.
    const long long host_hop =
        (static_cast<long long>(hop) * to_host.up + to_host.down - 1) / to_host.down;
    const ControlSetup in_stream{
        host_rate_hz,
        channels,
        slice_samples,
        model_rate_hz,
        to_model_rate_.lookahead_samples() + static_cast<int>(host_hop),
        settings.mode == Mode::worker,
    };
    for (auto& control : controls_)
        control->prepare(in_stream,
                         std::max(1, static_cast<int>(std::lround(ramp_s * model_rate_hz / hop))));
    overlap_add_.prepare(channels, frame_size, hop, late_samples, analysis,
                         contract().synthesis_window);
    model_out_.resize(channels, hop);
    prepare_levels(hop, executor->delay_hops());
    frames_overlap_ = hop < frame_size;
    declick_.prepare(channels, static_cast<int>(std::lround(ramp_s * model_rate_hz)));
    host_out_.resize(channels, to_host_rate_.max_output_samples(hop));
    wet_delay_.prepare(channels, latency_samples_, slice_samples + host_out_.samples());
    wet_.resize(channels, slice_samples);
    if (contract().tail_s)
        silence_gate_.prepare(host_rate_hz, channels, latency_samples_, *contract().tail_s);
    else
        silence_gate_.prepare_open();
    dry_.resize(channels, slice_samples);
    mixer_.prepare(host_rate_hz, channels, ramp_samples, slice_samples);

    executor_ = std::move(executor);
    nonfinite_input_samples_ = excessive_input_samples_ = 0;
    held_frames_ = limited_samples_ = 0;
    played_samples_ = framed_samples_ = 0;
    begins_ = true;
    was_dry_ = held_ = false;
}

void Engine::prepare_levels(int hop, int delay_hops) {
    const std::optional<TrainedLevel>& trained = contract().trained_level;
    if (!trained)
        return;
    const float input_peak = trained->input_peak;
    const float knee = trained->output_peak * db_to_linear(output_knee_db);
    output_ceiling_.set(knee, knee * db_to_linear(output_room_db));
    // A sample lies in each frame that spans it, and in those that the resampler looks at.
    const auto hops = [hop](int samples) { return (samples + hop - 1) / hop; };
    const int spread_hops =
        hops(contract().frame_size_samples) + 2 * hops(to_host_rate_.lookahead_samples());
    if (trained->is_linear)
        frame_level_.prepare(input_peak, delay_hops, spread_hops);
    else
        input_ceiling_.set(input_peak, input_peak * db_to_linear(input_room_db));
}

void Engine::reset() noexcept TONECAST_NONBLOCKING {
    dry_delay_.reset();
    to_model_rate_.reset();
    framer_.reset();
    frame_level_.reset();
    if (executor_)
        executor_->reset();
    overlap_add_.reset();
    declick_.reset();
    to_host_rate_.reset();
    wet_delay_.reset();
    silence_gate_.reset();
    mixer_.reset();
    played_samples_ = framed_samples_ = 0;
    begins_ = true;
    was_dry_ = held_ = false;
}

void Engine::process(const float* const* in, float* const* out,
                     int n) noexcept TONECAST_NONBLOCKING {
    if (!executor_ || n <= 0)
        return;
    const FlushDenormals while_playing;
    follow_knobs();
    for (int at = 0; at < n; at += slice_samples)
        process_slice(in, out, at, std::min(slice_samples, n - at));
}

void Engine::follow_knobs() noexcept {
    if (std::exchange(begins_, false)) {
        input_gain_db_.jump();
        for (auto& control : controls_)
            control->begin();
        mixer_.jump();
    } else {
        input_gain_db_.follow();
        for (auto& control : controls_)
            control->follow(played_samples_);
        mixer_.follow();
    }
}

void Engine::process_slice(const float* const* in, float* const* out, int at, int n) noexcept {
    take_input(in, at, n);
    dry_delay_.push(input_, n);
    for (auto& control : controls_)
        control->listen(gained_, n);
    played_samples_ += n;
    const int model_samples = to_model_rate_.process(gained_, n, model_in_);
    held_ |= input_ceiling_.process(model_in_, model_samples);
    for (int from = 0; from < model_samples;) {
        from += framer_.push(model_in_, from, model_samples - from);
        if (framer_.full())
            play_frame();
    }
    wet_delay_.pop(wet_, n);
    silence_gate_.process(gained_, wet_, n);
    dry_delay_.pop(dry_, n);
    const int limited = mixer_.process(dry_, wet_, out, at, n);
    if (limited > 0)
        limited_samples_.fetch_add(static_cast<std::uint64_t>(limited), std::memory_order_relaxed);
}

void Engine::take_input(const float* const* in, int at, int n) noexcept {
    input_gain_db_.next(std::span(input_gain_).first(static_cast<std::size_t>(n)));
    int nonfinite = 0;
    int excessive = 0;
    for (int c = 0; c < input_.channels(); ++c) {
        const float* samples = in[c] + at;
        float* guarded = input_.channel(c);
        float* gained = gained_.channel(c);
        for (int i = 0; i < n; ++i) {
            const bool finite = is_finite(samples[i]);
            excessive += !finite && std::isfinite(samples[i]) ? 1 : 0;
            nonfinite += std::isfinite(samples[i]) ? 0 : 1;
            guarded[i] = finite ? samples[i] : 0.0F;
            gained[i] = guarded[i] * input_gain_[static_cast<std::size_t>(i)];
        }
    }
    if (nonfinite > 0)
        nonfinite_input_samples_.fetch_add(static_cast<std::uint64_t>(nonfinite),
                                           std::memory_order_relaxed);
    if (excessive > 0)
        excessive_input_samples_.fetch_add(static_cast<std::uint64_t>(excessive),
                                           std::memory_order_relaxed);
}

void Engine::play_frame() noexcept {
    framer_.pop(executor_->frame());
    frame_level_.take_out(executor_->frame());
    framed_samples_ += hop_samples_;
    for (std::size_t i = 0; i < controls_.size(); ++i)
        executor_->controls()[i] = controls_[i]->next(framed_samples_);

    const PlayedFrame played = executor_->play();
    const int final =
        overlap_add_.process(played.samples, frame_level_.gain_to_put_back(), model_out_);
    const bool discontinuity = std::exchange(was_dry_, played.dry) != played.dry;
    if (!frames_overlap_)
        declick_.process(model_out_, final, discontinuity);
    const int host_samples = to_host_rate_.process(model_out_, final, host_out_);
    held_ |= output_ceiling_.process(host_out_, host_samples, frame_level_.excess());
    wet_delay_.push(host_out_, host_samples);
    if (std::exchange(held_, false))
        held_frames_.fetch_add(1, std::memory_order_relaxed);
}

Counters Engine::counters() const noexcept {
    constexpr auto relaxed = std::memory_order_relaxed;
    Counters counters;
    counters.nonfinite_input_samples = nonfinite_input_samples_.load(relaxed);
    counters.excessive_input_samples = excessive_input_samples_.load(relaxed);
    counters.held_frames = held_frames_.load(relaxed);
    counters.limited_samples = limited_samples_.load(relaxed);
    if (executor_) {
        const FrameCounts& counts = executor_->counts();
        counters.completed_frames = counts.completed_frames.load(std::memory_order_acquire);
        counters.frames = counts.frames.load(relaxed);
        counters.bad_frames = counts.bad_frames.load(relaxed);
        counters.late_frames = counts.late_frames.load(relaxed);
        counters.last_frame_us = counts.last_frame_us.load(relaxed);
        counters.longest_frame_us = counts.longest_frame_us.load(relaxed);
    }
    for (const auto& control : controls_) {
        const AutomaticControl* const automatic = control->automatic_control();
        if (automatic == nullptr)
            continue;
        const FrameCounts& counts = automatic->executor().counts();
        counters.completed_predictions += counts.completed_frames.load(std::memory_order_acquire);
        counters.predictions += counts.frames.load(relaxed);
        counters.bad_predictions += counts.bad_frames.load(relaxed);
        counters.late_predictions += counts.late_frames.load(relaxed);
        counters.last_prediction_us = counts.last_frame_us.load(relaxed);
        counters.longest_prediction_us =
            std::max(counters.longest_prediction_us, counts.longest_frame_us.load(relaxed));
    }
    return counters;
}

void Engine::attach(std::size_t control, std::shared_ptr<const Model> predictor) {
    controls_[control]->attach(std::move(predictor));
}

std::vector<AutomationPoint> Engine::automation_trace(std::size_t control) const {
    const AutomaticControl* const automatic = controls_[control]->automatic_control();
    return automatic != nullptr ? automatic->automation_trace().read()
                                : std::vector<AutomationPoint>();
}

std::optional<AutomationPoint> Engine::last_automation_point(std::size_t control) const noexcept {
    const AutomaticControl* const automatic = controls_[control]->automatic_control();
    return automatic != nullptr ? automatic->automation_trace().last() : std::nullopt;
}

bool Engine::missing_realtime_priority() const noexcept {
    const auto refused = [](const auto& control) {
        const AutomaticControl* const automatic = control->automatic_control();
        return automatic != nullptr && automatic->executor().missing_realtime_priority();
    };
    return (executor_ && executor_->missing_realtime_priority()) ||
           std::ranges::any_of(controls_, refused);
}

std::vector<PlayedBy> Engine::played_by() const {
    std::vector<PlayedBy> models;
    if (executor_)
        models.push_back(executor_->played_by());
    for (const auto& control : controls_)
        if (const AutomaticControl* const automatic = control->automatic_control())
            models.push_back(automatic->executor().played_by());
    return models;
}

} // namespace tonecast
