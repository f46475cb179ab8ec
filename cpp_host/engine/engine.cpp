#include "engine/engine.h"

#include "engine/error.h"
#include "engine/filter/filter_runner.h"
#include "engine/inference/async_executor.h"
#include "engine/inference/inline_executor.h"
#include "engine/players/causal_player.h"
#include "engine/players/filter_player.h"
#include "engine/players/frame_player.h"
#include "engine/players/ramp_time.h"
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

constexpr float input_room_db = 1.0F;  // above the trained peak, in which a ceiling bends
constexpr float output_knee_db = 1.0F; // above what the training was to give
constexpr float output_room_db = 1.5F; // so what comes out is less than 3 dB above it
constexpr int slice_samples = 512;  // blocks are cut into these, so buffers stay small and in cache
constexpr int max_late_hops = 1024; // 65536 samples, the longest block, in the shortest hops

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
    if (contract.channels && settings.channels != *contract.channels)
        throw Error(contract.name + " plays " + std::to_string(*contract.channels) +
                    " channels together, not " + std::to_string(settings.channels) +
                    "; give it a sound of as many");
}

Resampling resampling_of(const Contract& contract, const PlaySettings& settings) {
    const bool frames = contract.form == Form::frame;
    return settings.resampling.value_or(frames ? Resampling::linear_phase
                                               : Resampling::low_latency);
}

/// As many hops as it takes for a frame to be due in a later block than the one it ended in.
int worker_delay_hops(const PlaySettings& settings, int model_rate_hz, int hop) {
    const RateRatio to_model(settings.sample_rate_hz, model_rate_hz);
    const long long host_hop = static_cast<long long>(hop) * to_model.down;
    const long long block = static_cast<long long>(settings.max_block_samples) * to_model.up;
    return std::max(1, static_cast<int>((block + host_hop - 1) / host_hop));
}

/// How many hops after its frame a filter begins.
int choose_late_hops(const Contract& contract, const PlaySettings& settings, int hop) {
    const bool worker = settings.mode == Mode::worker;
    const int least = worker ? worker_delay_hops(settings, contract.sample_rate_hz, hop) : 0;
    const int late_hops = settings.late_hops.value_or(std::max(1, least));
    if (late_hops >= least && late_hops <= max_late_hops)
        return late_hops;
    throw Error("a filter cannot begin " + std::to_string(late_hops) +
                " hops after its frame; give " + std::to_string(least) + " to " +
                std::to_string(max_late_hops) + (worker ? ", or play it without a worker" : ""));
}

std::shared_ptr<FrameExecutor> make_executor(std::unique_ptr<Runner> runner,
                                             const PlaySettings& settings, int delay_hops) {
    runner->prepare(settings.channels);
    if (settings.mode == Mode::inline_)
        return std::make_shared<InlineExecutor>(std::move(runner));
    return on_own_thread(std::make_shared<AsyncExecutor>(std::move(runner), delay_hops));
}

} // namespace

Engine::Engine(std::shared_ptr<const Model> model) : model_(std::move(model)) {
    for (const Control& control : contract().controls)
        controls_.push_back(std::make_unique<GraphControl>(control));
}

void Engine::prepare(const PlaySettings& settings) {
    player_.reset(); // unprepared until all has gone well
    check(contract(), settings);
    const int host_rate_hz = settings.sample_rate_hz;
    const int channels = settings.channels;
    const bool filters = contract().form == Form::filter; // at the host's rate
    const int model_rate_hz = filters ? host_rate_hz : contract().sample_rate_hz;
    const int heard_channels = contract().hears_sidechain() ? 2 * channels : channels;

    to_model_rate_.prepare(host_rate_hz, model_rate_hz, heard_channels, slice_samples,
                           resampling_of(contract(), settings));
    auto player = make_player(settings); // and the resampler behind it

    // Each resampler waits for its look-ahead, the player for its frame, the model for what it
    // looks ahead to. Rounded up to whole host samples; where there is no frame, the sample that is
    // looked ahead to is played with at once.
    const RateRatio to_host(model_rate_hz, host_rate_hz);
    const long long model_wait =
        to_host_rate_.lookahead_samples() + player->wait_samples() + contract().delay_samples;
    const long long rounding = player->wait_samples() > 0 ? to_host.down - 1 : 0;
    latency_samples_ = to_model_rate_.lookahead_samples() +
                       static_cast<int>((model_wait * to_host.up + rounding) / to_host.down);

    input_.resize(channels, slice_samples);
    dry_delay_.prepare(channels, latency_samples_, slice_samples);
    input_gain_db_.prepare(ramp_samples(host_rate_hz));
    input_gain_.resize(slice_samples);
    gained_.resize(channels, slice_samples);
    noise_gate_.prepare(host_rate_hz, channels);
    if (contract().hears_sidechain())
        sidechain_.prepare(host_rate_hz, channels, slice_samples);
    to_mid_side_.prepare(host_rate_hz);
    model_in_.resize(heard_channels, to_model_rate_.max_output_samples(slice_samples));
    prepare_ceilings();
    host_out_.resize(channels, to_host_rate_.max_output_samples(player->max_final_samples()));
    wet_delay_.prepare(channels, latency_samples_, slice_samples + host_out_.samples());
    wet_.resize(channels, slice_samples);
    if (contract().tail_s && !filters) // what filters silence is silent
        silence_gate_.prepare(host_rate_hz, channels, latency_samples_, *contract().tail_s);
    else
        silence_gate_.prepare_open();
    to_left_right_.prepare(host_rate_hz);
    tone_stack_.prepare(host_rate_hz, channels);
    cabinet_.prepare(host_rate_hz, channels, slice_samples);
    dry_.resize(channels, slice_samples);
    mixer_.prepare(host_rate_hz, channels, ramp_samples(host_rate_hz), slice_samples);
    band_solo_.prepare(host_rate_hz, channels);

    player_ = std::move(player);
    nonfinite_input_samples_ = excessive_input_samples_ = 0;
    held_frames_ = limited_samples_ = 0;
    played_samples_ = 0;
    begins_ = true;
    held_ = false;
}

std::unique_ptr<Player> Engine::make_player(const PlaySettings& settings) {
    const int model_rate_hz = contract().sample_rate_hz;
    const int hop = choose_hop(contract(), settings.hop_size_samples);
    if (contract().form == Form::filter)
        return make_filter_player(settings, hop);
    auto causal = model_->make_causal_runner();
    prepare_controls(settings, causal ? CausalPlayer::step_samples : hop,
                     to_model_rate_.lookahead_samples());

    const int most = causal ? to_model_rate_.max_output_samples(slice_samples) : hop;
    to_host_rate_.prepare(model_rate_hz, settings.sample_rate_hz, settings.channels, most,
                          resampling_of(contract(), settings));
    if (causal) {
        causal->prepare(settings.channels);
        return std::make_unique<CausalPlayer>(contract(), settings.channels, most,
                                              std::move(causal), controls_);
    }
    const int delay_hops = worker_delay_hops(settings, model_rate_hz, hop);
    return std::make_unique<FramePlayer>(
        contract(), hop, settings.channels, to_host_rate_.lookahead_samples(),
        make_executor(model_->make_runner(), settings, delay_hops), controls_);
}

std::unique_ptr<Player> Engine::make_filter_player(const PlaySettings& settings, int hop) {
    const int host_rate_hz = settings.sample_rate_hz;
    to_host_rate_.prepare(host_rate_hz, host_rate_hz, settings.channels, slice_samples,
                          Resampling::low_latency);
    const int late_hops = choose_late_hops(contract(), settings, hop);
    auto runner = std::make_unique<FilterRunner>(model_->make_runner(), contract(), host_rate_hz);
    auto player = std::make_unique<FilterPlayer>(
        contract(),
        FilterPlayer::Settings{host_rate_hz, settings.channels, slice_samples, hop, late_hops,
                               resampling_of(contract(), settings)},
        make_executor(std::move(runner), settings, late_hops), controls_);
    prepare_controls(settings, hop, player->lookahead_samples());
    return player;
}

/// `step_samples` is how often they move, at the model's rate; `lookahead_samples` that of the
/// resampler before the model.
void Engine::prepare_controls(const PlaySettings& settings, int step_samples,
                              int lookahead_samples) {
    const int model_rate_hz = contract().sample_rate_hz;
    // A frame is played when the hop that it ends in is complete and has passed the resampler.
    const RateRatio to_host(model_rate_hz, settings.sample_rate_hz);
    const long long host_step =
        (static_cast<long long>(step_samples) * to_host.up + to_host.down - 1) / to_host.down;
    const ControlSetup in_stream{
        settings.sample_rate_hz,
        settings.channels,
        slice_samples,
        model_rate_hz,
        lookahead_samples + static_cast<int>(host_step),
        settings.mode == Mode::worker,
    };
    for (auto& control : controls_)
        control->prepare(in_stream, ramp_samples(model_rate_hz, step_samples));
}

void Engine::prepare_ceilings() {
    const std::optional<TrainedLevel>& trained = contract().trained_level;
    if (!trained)
        return;
    const float input_peak = trained->input_peak;
    const float knee = trained->output_peak * db_to_linear(output_knee_db);
    output_ceiling_.set(knee, knee * db_to_linear(output_room_db));
    if (!trained->is_linear)
        input_ceiling_.set(input_peak, input_peak * db_to_linear(input_room_db));
}

void Engine::reset() noexcept TONECAST_NONBLOCKING {
    dry_delay_.reset();
    noise_gate_.reset();
    to_model_rate_.reset();
    if (player_)
        player_->reset();
    to_host_rate_.reset();
    wet_delay_.reset();
    silence_gate_.reset();
    tone_stack_.reset();
    cabinet_.reset();
    mixer_.reset();
    band_solo_.reset();
    played_samples_ = 0;
    begins_ = true;
    held_ = false;
}

void Engine::process(const float* const* in, float* const* out, int n,
                     const float* const* sidechain) noexcept TONECAST_NONBLOCKING {
    if (!player_ || n <= 0)
        return;
    const FlushDenormals while_playing;
    follow_knobs();
    for (int at = 0; at < n; at += slice_samples)
        process_slice(in, sidechain, out, at, std::min(slice_samples, n - at));
}

void Engine::follow_knobs() noexcept {
    if (std::exchange(begins_, false)) {
        input_gain_db_.jump();
        noise_gate_.jump();
        sidechain_.to_mid_side.jump();
        to_mid_side_.jump();
        for (auto& control : controls_)
            control->begin();
        to_left_right_.jump();
        tone_stack_.jump();
        cabinet_.jump();
        mixer_.jump();
        band_solo_.jump();
    } else {
        input_gain_db_.follow();
        sidechain_.to_mid_side.follow();
        to_mid_side_.follow();
        for (auto& control : controls_)
            control->follow(played_samples_);
        to_left_right_.follow();
        tone_stack_.follow();
        mixer_.follow();
        band_solo_.follow();
    }
}

void Engine::process_slice(const float* const* in, const float* const* sidechain, float* const* out,
                           int at, int n) noexcept {
    take_input(in, at, n);
    dry_delay_.push(input_, n);
    noise_gate_.process(gained_, n);
    for (auto& control : controls_)
        control->listen(gained_, n);
    if (sidechain_.is_there())
        count(sidechain_.take(sidechain, at, gained_, n));
    to_mid_side_.process(gained_, n);
    played_samples_ += n;
    const AudioBuffer& heard = sidechain_.is_there() ? sidechain_.below(gained_, n) : gained_;
    const int model_samples = to_model_rate_.process(heard, n, model_in_);
    held_ |= input_ceiling_.process(model_in_, model_samples);
    for (int from = 0; from < model_samples;) {
        const Played played = player_->play(model_in_, from, model_samples - from);
        from += played.taken;
        if (played.has_played)
            give_out(played);
    }
    wet_delay_.pop(wet_, n);
    silence_gate_.process(gained_, wet_, n);
    to_left_right_.process(wet_, n);
    tone_stack_.process(wet_, n);
    cabinet_.process(wet_, n);
    dry_delay_.pop(dry_, n);
    const int limited = mixer_.process(dry_, wet_, out, at, n);
    band_solo_.process(out, at, n);
    if (limited > 0)
        limited_samples_.fetch_add(static_cast<std::uint64_t>(limited), std::memory_order_relaxed);
}

void Engine::take_input(const float* const* in, int at, int n) noexcept {
    input_gain_db_.next(std::span(input_gain_).first(static_cast<std::size_t>(n)));
    SilencedSamples silenced;
    for (int c = 0; c < input_.channels(); ++c) {
        float* guarded = input_.channel(c);
        float* gained = gained_.channel(c);
        silenced += copy_finite(in[c] + at, guarded, n);
        for (int i = 0; i < n; ++i)
            gained[i] = guarded[i] * input_gain_[static_cast<std::size_t>(i)];
    }
    count(silenced);
}

void Engine::count(const SilencedSamples& silenced) noexcept {
    if (silenced.nonfinite > 0)
        nonfinite_input_samples_.fetch_add(static_cast<std::uint64_t>(silenced.nonfinite),
                                           std::memory_order_relaxed);
    if (silenced.excessive > 0)
        excessive_input_samples_.fetch_add(static_cast<std::uint64_t>(silenced.excessive),
                                           std::memory_order_relaxed);
}

void Engine::give_out(const Played& played) noexcept {
    const int host_samples = to_host_rate_.process(player_->out(), played.final_samples, host_out_);
    held_ |= output_ceiling_.process(host_out_, host_samples, played.excess);
    wet_delay_.push(host_out_, host_samples);
    if (std::exchange(held_, false) || played.has_held)
        held_frames_.fetch_add(1, std::memory_order_relaxed);
}

Counters Engine::counters() const noexcept {
    constexpr auto relaxed = std::memory_order_relaxed;
    Counters counters;
    counters.nonfinite_input_samples = nonfinite_input_samples_.load(relaxed);
    counters.excessive_input_samples = excessive_input_samples_.load(relaxed);
    counters.held_frames = held_frames_.load(relaxed);
    counters.limited_samples = limited_samples_.load(relaxed);
    if (player_) {
        const FrameCounts& counts = player_->counts();
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

void Engine::set_stereo(Stereo stereo) noexcept {
    const float mid_side = stereo == Stereo::mid_side ? 1.0F : 0.0F;
    noise_gate_.linked.set(stereo == Stereo::dual ? 0.0F : 1.0F);
    sidechain_.to_mid_side.amount.set(mid_side);
    to_mid_side_.amount.set(mid_side);
    to_left_right_.amount.set(mid_side);
}

void Engine::load_cabinet(std::shared_ptr<const ImpulseResponse> response) {
    cabinet_.load(std::move(response));
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
    return (player_ && player_->missing_realtime_priority()) ||
           std::ranges::any_of(controls_, refused);
}

std::vector<PlayedBy> Engine::played_by() const {
    std::vector<PlayedBy> models;
    if (player_)
        models.push_back(player_->played_by());
    for (const auto& control : controls_)
        if (const AutomaticControl* const automatic = control->automatic_control())
            models.push_back(automatic->executor().played_by());
    return models;
}

} // namespace tonecast
