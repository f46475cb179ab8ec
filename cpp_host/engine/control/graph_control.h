#pragma once

#include "engine/control/automatic_control.h"
#include "engine/effect_file/contract.h"
#include "engine/inference/model.h"
#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tonecast {

/// A control of the effect's graph: what a user sets, or what a predictor says of the sound. From
/// the one to the other it moves as either of them does: by a ramp over 20 ms to what was set, with
/// the predictor's time constant from there.
class GraphControl {
public:
    explicit GraphControl(const Control& control)
        : control_(control), setting_(control.default_value) {}

    /// Any thread: what the user sets.
    ControlValue& setting() noexcept { return setting_; }

    // Control thread.

    /// While nothing plays. Throws Error where the predictor cannot be played.
    void prepare(const ControlSetup& setup, int ramp_steps);

    /// At any time: from the next block on this predictor listens. Throws Error likewise.
    void attach(std::shared_ptr<const Model> predictor);

    // Any thread, at any time.
    void set_automatic(bool on) noexcept { automatic_.store(on, std::memory_order_relaxed); }
    bool is_automatic() const noexcept { return automatic_.load(std::memory_order_relaxed); }

    /// What listens now; null for nothing. Any thread, while prepare() is not running.
    const AutomaticControl* automatic_control() const noexcept {
        return newest_.load(std::memory_order_acquire);
    }

    // Audio thread.

    /// Begins a new stream.
    void begin() noexcept;

    /// Before a block, at this instant of the stream: takes over what any thread has set since.
    void follow(std::int64_t now_samples) noexcept;

    void listen(const AudioBuffer& in, int n) noexcept {
        if (playing_ != nullptr)
            playing_->listen(in, n);
    }

    /// For the frame that ends at this sample of the stream, at the model's rate.
    float next(std::int64_t frame_end) noexcept;

private:
    void use_newest(std::int64_t now_samples) noexcept;

    Control control_;
    ControlValue setting_;
    std::atomic<bool> automatic_{false};

    // Control thread.
    std::optional<ControlSetup> setup_; // once it is prepared
    std::shared_ptr<const Model> predictor_;
    // Those before the newest stay until nothing plays: the audio thread may be using one.
    std::vector<std::unique_ptr<AutomaticControl>> attached_;

    std::atomic<AutomaticControl*> newest_{nullptr}; // from the control thread to the audio thread

    // Audio thread.
    AutomaticControl* playing_ = nullptr;
    bool moves_by_itself_ = false;
};

} // namespace tonecast
