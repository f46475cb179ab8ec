#pragma once

#include "engine/control/graph_control.h"
#include "engine/inference/frame_executor.h"
#include "engine/players/late_dry.h"
#include "engine/players/player.h"
#include "engine/signal/declick.h"
#include "engine/signal/frame_level.h"
#include "engine/signal/framer.h"
#include "engine/signal/overlap_add.h"

#include <cstdint>
#include <memory>
#include <span>

namespace tonecast {

/// Plays a model in windowed frames that are added up.
///
///   in ─ frames ─ level ─ model ─ level ─ overlap-add ─ out
///
/// Causal models that have no kernel are played so, too, in blocks. Where one has a delay of its
/// own, its answers to what lies before the stream are dropped.
class FramePlayer : public Player {
public:
    /// The controls of the model's contract, in its order: they outlive the player.
    using Controls = std::span<const std::unique_ptr<GraphControl>>;

    /// Control thread. `spread_samples` is over how many samples what comes out is smeared later.
    FramePlayer(const Contract& contract, int hop_samples, int channels, int spread_samples,
                std::shared_ptr<FrameExecutor> executor, Controls controls);

    int wait_samples() const noexcept override;
    int max_final_samples() const noexcept override { return out_.samples(); }
    void reset() noexcept override;
    Played play(const AudioBuffer& in, int from, int n) noexcept override;
    const AudioBuffer& out() const noexcept override { return out_; }
    const FrameCounts& counts() const noexcept override { return executor_->counts(); }
    bool missing_realtime_priority() const noexcept override {
        return executor_->missing_realtime_priority();
    }
    PlayedBy played_by() const override { return executor_->played_by(); }

private:
    int play_frame() noexcept;
    PlayedFrame with_late_dry(PlayedFrame played) noexcept;

    int frame_size_samples_;
    int hop_samples_;
    int delay_samples_;               // the model's own
    std::int64_t framed_samples_ = 0; // of the stream
    bool was_dry_ = false;            // the last frame

    // In signal order.
    Framer framer_;
    FrameLevel frame_level_;
    Controls controls_;
    std::shared_ptr<FrameExecutor> executor_;
    LateDry late_dry_; // for models with a delay; the executor has that of the others
    OverlapAdd overlap_add_;
    AudioBuffer out_;
    Declick declick_;
};

} // namespace tonecast
