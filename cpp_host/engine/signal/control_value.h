#pragma once

#include "engine/signal/ramp.h"

#include <atomic>
#include <cmath>
#include <span>

namespace tonecast {

inline float db_to_linear(float db) noexcept {
    return std::pow(10.0F, db / 20.0F);
}

/// What a user turns on any thread and the audio thread follows without a click.
class ControlValue {
public:
    /// `curve` maps what the user sets to what the signal needs.
    explicit ControlValue(float setting, float (*curve)(float) noexcept = as_it_is) noexcept
        : setting_(setting), curve_(curve) {}

    // Any thread.
    void set(float setting) noexcept { setting_.store(setting, std::memory_order_relaxed); }
    float get() const noexcept { return setting_.load(std::memory_order_relaxed); }

    // Control thread, before playing. A step is what one next() takes: a sample or a frame.
    void prepare(int ramp_steps) noexcept { ramp_.prepare(ramp_steps); }

    // Audio thread.
    void follow() noexcept { ramp_.move_to(curve_(get())); }
    void jump() noexcept { ramp_.jump_to(curve_(get())); }
    float next() noexcept { return ramp_.next(); }
    float now() const noexcept { return ramp_.value(); }

    /// Stands where something else has moved it to, until it follows again.
    void stand_at(float value) noexcept { ramp_.jump_to(value); }
    void next(std::span<float> values) noexcept { ramp_.next(values); }

private:
    static float as_it_is(float setting) noexcept { return setting; }

    static_assert(std::atomic<float>::is_always_lock_free);
    std::atomic<float> setting_;
    float (*curve_)(float) noexcept;
    Ramp ramp_;
};

} // namespace tonecast
