#pragma once

#include "engine/control/automation_trace.h"
#include "engine/control/follower.h"
#include "engine/control/history.h"
#include "engine/control/predictor_executor.h"
#include "engine/effect_file/contract.h"
#include "engine/inference/model.h"
#include "engine/signal/audio_buffer.h"
#include "engine/signal/rate_ratio.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tonecast {

/// The stream that a control is moved in.
struct ControlSetup {
    int sample_rate_hz = 48000; // the host's
    int channels = 2;
    int max_input_samples = 0; // that listen() is given at once
    int model_rate_hz = 48000; // of the effect whose control it is
    int frame_lag_samples = 0; // the host's: from a frame's end to when it is played, at most
    bool worker = false;       // predict on a thread of its own
};

/// Moves a control by what a predictor says of the last moments of the stream.
///
///   in ─ left, right ─ history ─ window, every period ─ resample ─ predictor ─ a period later ─┐
///   control of a frame ──────────────────────── follow, with the contract's time constant ─────┘
///
/// Instants are counted in samples that the host has given since the stream began: t stands between
/// sample t − 1 and sample t. A window ends at the instant t by which all samples that it was made
/// of have come, which is the resampler's look-ahead later than the sound at its end. What is
/// predicted from it takes effect at t + period, in every mode: a frame that ends there or later
/// gets it. So no change of the input from t on reaches the control of a frame that ends before
/// t + period; and where to an instant the value stands depends neither on the host's blocks nor
/// on where the predictor runs, as long as it is not late.
///
/// Until the first window is full the control stands at its default. When the predictor is late,
/// fails, or gives NaN or what lies outside of the control's range, the last value holds.
class AutomaticControl {
public:
    /// Control thread. Does all that can fail or allocate; throws Error where `predictor` is none.
    AutomaticControl(const Model& predictor, const Control& control, const ControlSetup& setup);

    // Audio thread. Neither allocates nor locks.

    /// From now on it listens, at this instant of the stream.
    void begin(std::int64_t now_samples) noexcept;

    /// Takes the control over from where it stands, or at the begin of a stream at its default.
    void take_over(float value) noexcept;
    void take_over() noexcept { take_over(default_value_); }
    void release() noexcept;

    void listen(const AudioBuffer& in, int n) noexcept;

    /// The control of a frame that ends at this sample of the stream, at the model's rate.
    float at(std::int64_t frame_end) noexcept;

    // Any thread.
    const AutomationTrace& automation_trace() const noexcept { return trace_; }
    const PredictorExecutor& executor() const noexcept { return *executor_; }

private:
    void take_effect(std::int64_t at_samples) noexcept;

    RateRatio to_model_;
    double sample_rate_hz_;
    float minimum_;
    float maximum_;
    float default_value_;
    WindowReader reader_;
    std::int64_t step_samples_;     // at the predictor's rate, from window to window
    std::int64_t period_samples_;   // at the host's rate
    std::vector<std::int64_t> due_; // a ring: when the windows that are submitted take effect

    std::shared_ptr<History> history_; // shared with the executor, whose thread may be left behind
    std::shared_ptr<PredictorExecutor> executor_;
    Follower follower_;
    AutomationTrace trace_;

    bool predicts_ = false;
    std::int64_t begun_at_ = 0;     // when it began to listen
    std::int64_t now_ = 0;          // in the stream
    std::int64_t stream_begin_ = 0; // in the history, of what it has listened to
    std::int64_t windows_ = 0;      // that have ended
    std::size_t due_from_ = 0;
    std::size_t due_count_ = 0;
};

} // namespace tonecast
