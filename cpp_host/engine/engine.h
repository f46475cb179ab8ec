#pragma once

#include "engine/chain/band_solo.h"
#include "engine/chain/cabinet.h"
#include "engine/chain/mid_side.h"
#include "engine/chain/noise_gate.h"
#include "engine/chain/sidechain.h"
#include "engine/chain/tone_stack.h"
#include "engine/control/graph_control.h"
#include "engine/convolution/impulse_response.h"
#include "engine/inference/model.h"
#include "engine/nonblocking.h"
#include "engine/players/player.h"
#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"
#include "engine/signal/fifo.h"
#include "engine/signal/finite.h"
#include "engine/signal/limiter.h"
#include "engine/signal/mixer.h"
#include "engine/signal/rate_converter.h"
#include "engine/signal/silence_gate.h"
#include "engine/signal/soft_ceiling.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tonecast {

/// Where the model runs.
enum class Mode {
    inline_, // in process(), at once: offline, and models that neither allocate nor take long
    worker,  // on a thread of its own, at least one hop later: live
};

/// What two channels are to stages that listen to them together, and to the model.
enum class Stereo {
    linked,   // left and right; what opens the noise gate for one opens it for both
    dual,     // two streams of their own
    mid_side, // their middle and their sides; other numbers of channels are linked
};

/// How a stream is to be played.
struct PlaySettings {
    int sample_rate_hz = 48000; // the host's; the engine resamples to the model's and back
    int channels = 2;
    int hop_size_samples = 0; // at the model's rate; 0 is the contract's default
    Mode mode = Mode::inline_;
    int max_block_samples = 1024; // worker mode: the longest block of the host's that is in time
    std::optional<Resampling> resampling{}; // none: linear_phase for effects in frames alone
    // Filter effects: how many hops after its frame a filter begins. None: one, in both modes; with
    // a worker as many as cover the longest block.
    std::optional<int> late_hops{};
};

/// Counted since prepare(); reset() keeps the counts.
struct Counters {
    std::uint64_t frames = 0;
    std::uint64_t completed_frames = 0; // the model is through with, in time or not
    // The model failed, or gave what is no audio or no curve: played dry; the last filter stays.
    std::uint64_t bad_frames = 0;
    std::uint64_t late_frames = 0;             // not ready when they were due: likewise
    std::uint64_t nonfinite_input_samples = 0; // NaN or Inf from the host: played as silence
    std::uint64_t excessive_input_samples = 0; // numbers, but no audio (see finite.h): likewise
    std::uint64_t held_frames = 0;     // one of the ceilings held something, or a bound a curve
    std::uint64_t limited_samples = 0; // turned down by the limiter
    float last_frame_us = 0.0F;        // what the model took for a frame
    float longest_frame_us = 0.0F;
    std::uint64_t predictions = 0; // windows that predictors were given
    std::uint64_t completed_predictions = 0;
    std::uint64_t bad_predictions = 0;  // failed, NaN, Inf or out of range: the last value held
    std::uint64_t late_predictions = 0; // not ready when they were due: the last value held
    float last_prediction_us = 0.0F;
    float longest_prediction_us = 0.0F;

    /// Those of two engines that played one after the other.
    Counters& operator+=(const Counters& later) noexcept {
        frames += later.frames;
        completed_frames += later.completed_frames;
        bad_frames += later.bad_frames;
        late_frames += later.late_frames;
        nonfinite_input_samples += later.nonfinite_input_samples;
        excessive_input_samples += later.excessive_input_samples;
        held_frames += later.held_frames;
        limited_samples += later.limited_samples;
        last_frame_us = later.last_frame_us;
        longest_frame_us = std::max(longest_frame_us, later.longest_frame_us);
        predictions += later.predictions;
        completed_predictions += later.completed_predictions;
        bad_predictions += later.bad_predictions;
        late_predictions += later.late_predictions;
        last_prediction_us = later.last_prediction_us;
        longest_prediction_us = std::max(longest_prediction_us, later.longest_prediction_us);
        return *this;
    }
};

/// One stream through one model.
///
///   in ─┬─ input gain ─ noise gate ─┬─ mid/side ─ resample ─ ceiling ─ player: model in frames, ─┐
///       │                           │                                  or sample by sample,      │
///       │                           │                                  or beside a filter        │
///       │                           └─ history ─ predictor ─ smooth ─ controls ─┘                │
///       │  wet ─ cabinet ─ tone ─ mid/side back ─ silence gate ─ ceiling ─ resample ─────────────┘
///       │   └─────────────────────────────────────┐
///       └─ dry, delayed by exactly the latency ─ mix ─ output gain ─ limiter ─ bypass ─ solo ─ out
///
/// Where the model listens to a second sound, that is a further pair of channels from mid/side to
/// player: see sidechain.h.
///
/// Ceilings are those of the model's training, see docs/levels.md. A filter plays at the host's
/// rate: nothing is resampled but what the model hears.
///
/// However a stream is cut into blocks, the same samples come out, bit for bit.
class Engine {
public:
    static constexpr int max_channels = 8;

    explicit Engine(std::shared_ptr<const Model> model);

    /// Control thread, while process() is not running. Does all that can fail or allocate, and
    /// starts a new stream; throws Error and is then unprepared.
    void prepare(const PlaySettings& settings);

    /// Audio thread. Plays n ≥ 0 samples of each channel; in and out may be the same buffers.
    /// Unprepared it leaves `out` as it is. `sidechain` is as many channels of a second sound, for
    /// models that listen to one: null is the input itself, and others pass it over.
    /// Neither allocates, locks, logs nor throws (that of the model's backend: see runner.h).
    void process(const float* const* in, float* const* out, int n,
                 const float* const* sidechain = nullptr) noexcept TONECAST_NONBLOCKING;

    /// Any thread, while process() is not running. Begins a new stream; does not allocate.
    void reset() noexcept TONECAST_NONBLOCKING;

    /// Constant from one prepare() to the next, at the host's rate.
    int latency_samples() const noexcept { return latency_samples_; }

    const Contract& contract() const noexcept { return model_->contract(); }

    // The knobs: any thread, at any time. What is set while a stream plays is ramped.
    ControlValue& control(std::size_t index) noexcept { return controls_[index]->setting(); }
    ControlValue& input_gain_db() noexcept { return input_gain_db_; }
    ControlValue& mix() noexcept { return mixer_.mix; }
    ControlValue& output_gain_db() noexcept { return mixer_.output_gain_db; }
    ControlValue& bypass() noexcept { return mixer_.bypass; }

    // Around the model, all off at first; see the stages' own headers.
    ControlValue& gate_db() noexcept { return noise_gate_.threshold_db; }
    ControlValue& bass_db() noexcept { return tone_stack_.bass_db; }
    ControlValue& middle_db() noexcept { return tone_stack_.middle_db; }
    ControlValue& treble_db() noexcept { return tone_stack_.treble_db; }
    void set_stereo(Stereo stereo) noexcept;

    /// Any thread but the audio thread, also while a stream plays; none takes the cabinet away. It
    /// fades in within 20 ms. Allocates, and takes some milliseconds.
    void load_cabinet(std::shared_ptr<const ImpulseResponse> response);

    // Those of the limiter act at once. It is off unless it is switched on: live use does.
    ControlValue& limiter() noexcept { return mixer_.limiter.on; }
    ControlValue& ceiling_db() noexcept { return mixer_.limiter.ceiling_db; }

    /// What is heard of the output: all of it, or one band alone. Off at first.
    BandSolo& band_solo() noexcept { return band_solo_; }

    /// Control thread, also while a stream plays. Lets this predictor move a control when it is set
    /// automatic; throws Error where it cannot be played.
    void attach(std::size_t control, std::shared_ptr<const Model> predictor);

    /// Any thread, at any time: whether a control is moved by its predictor, if it has one.
    void set_automatic(std::size_t control, bool on) noexcept {
        controls_[control]->set_automatic(on);
    }
    bool is_automatic(std::size_t control) const noexcept {
        return controls_[control]->is_automatic();
    }

    /// Any thread, while prepare() is not running: how a control was moved in this stream. The last
    /// hour, about; empty without a predictor. Allocates; last_automation_point() does not.
    std::vector<AutomationPoint> automation_trace(std::size_t control) const;
    std::optional<AutomationPoint> last_automation_point(std::size_t control) const noexcept;

    /// Any thread, while prepare() is not running.
    Counters counters() const noexcept;

    /// Any thread, while prepare() is not running: whether the system has refused to let one of our
    /// own threads run before ordinary ones. They ask for it when they are first needed.
    bool missing_realtime_priority() const noexcept;

    /// Any thread, while prepare() is not running: what plays the effect's model, then those of its
    /// predictors; empty before the first prepare(). Allocates.
    std::vector<PlayedBy> played_by() const;

private:
    void follow_knobs() noexcept;
    void process_slice(const float* const* in, const float* const* sidechain, float* const* out,
                       int at, int n) noexcept;
    void take_input(const float* const* in, int at, int n) noexcept;
    void count(const SilencedSamples& silenced) noexcept;
    void give_out(const Played& played) noexcept;
    std::unique_ptr<Player> make_player(const PlaySettings& settings); // and to_host_rate_
    std::unique_ptr<Player> make_filter_player(const PlaySettings& settings, int hop);
    void prepare_controls(const PlaySettings& settings, int step_samples, int lookahead_samples);
    void prepare_ceilings();

    std::shared_ptr<const Model> model_;
    int latency_samples_ = 0;
    bool begins_ = true;              // the stream has not begun: knobs jump instead of ramping
    std::int64_t played_samples_ = 0; // of the stream, at the host's rate

    // In signal order; each buffer belongs to the stage above it.
    AudioBuffer input_;
    Fifo dry_delay_;
    ControlValue input_gain_db_{0.0F, db_to_linear};
    std::vector<float> input_gain_;
    AudioBuffer gained_;
    NoiseGate noise_gate_;
    Sidechain sidechain_;
    MidSide to_mid_side_{MidSide::Way::encode};
    RateConverter to_model_rate_;
    AudioBuffer model_in_;
    SoftCeiling input_ceiling_;
    std::vector<std::unique_ptr<GraphControl>> controls_;
    std::unique_ptr<Player> player_; // none: unprepared
    RateConverter to_host_rate_;
    AudioBuffer host_out_;
    SoftCeiling output_ceiling_;
    Fifo wet_delay_;
    AudioBuffer wet_;
    SilenceGate silence_gate_;
    MidSide to_left_right_{MidSide::Way::decode};
    ToneStack tone_stack_;
    Cabinet cabinet_;
    AudioBuffer dry_;
    Mixer mixer_;
    BandSolo band_solo_;

    bool held_ = false; // something, since the model last ran

    std::atomic<std::uint64_t> nonfinite_input_samples_{0};
    std::atomic<std::uint64_t> excessive_input_samples_{0};
    std::atomic<std::uint64_t> held_frames_{0};
    std::atomic<std::uint64_t> limited_samples_{0};
};

} // namespace tonecast
