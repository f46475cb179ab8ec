#pragma once

#include "engine/control/graph_control.h"
#include "engine/filter/crossfading_filter.h"
#include "engine/inference/frame_executor.h"
#include "engine/players/player.h"
#include "engine/signal/framer.h"
#include "engine/signal/rate_converter.h"
#include "engine/signal/rate_ratio.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tonecast {

/// Plays a filter effect, at the host's rate and without latency: the model listens beside the
/// signal path and says what to filter with.
///
///   in ──────────────────────────────── filter, fading from the old one to the new ─ delta ─ out
///   side-chain ─ resample ─ frames ─ model ─ curve ─ filter, so many hops later ─┘
///
/// The side-chain's channels are the last ones of what goes in: the input's again, if there is
/// none. A frame ends at the instant by which all of its samples have come, the resampler's
/// look-ahead included. From one such instant to the next, filters fade; which ones depends on
/// nothing else, so neither on the host's blocks nor on where the model runs. Where the model has
/// given nothing, or nothing in time, the last filter stays.
class FilterPlayer : public Player {
public:
    using Controls = std::span<const std::unique_ptr<GraphControl>>;

    struct Settings {
        int host_rate_hz = 48000;
        int channels = 2;
        int max_samples = 512; // that are played at once
        int hop_samples = 512; // the model's
        int late_hops = 1;     // after its frame a filter begins; at least the executor's delay
        Resampling resampling = Resampling::low_latency;
    };

    /// Control thread. The executor's runner is a FilterRunner of the contract's model; the
    /// controls outlive the player.
    FilterPlayer(const Contract& contract, const Settings& settings,
                 std::shared_ptr<FrameExecutor> executor, Controls controls);

    /// Of the resampler before the model: by how much the model hears later. The host's samples.
    int lookahead_samples() const noexcept { return to_model_rate_.lookahead_samples(); }

    int wait_samples() const noexcept override { return 0; }
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
    /// What the model has said of a frame.
    struct Said {
        std::vector<float> frame_out;
        bool is_there = false;
    };

    std::int64_t end_of_hop(std::int64_t hop) const noexcept;
    void listen(int n) noexcept;
    void end_hop() noexcept;
    void begin_hop(std::span<const float> said) noexcept;
    void give_delta(const AudioBuffer& in, int from, int n) noexcept;

    RateRatio to_host_;
    int hop_samples_;
    std::optional<std::size_t> delta_; // which of the controls
    Controls controls_;

    std::int64_t played_samples_ = 0; // of the stream, the host's
    std::int64_t hops_ = 0;           // that have ended
    bool bounded_ = false;            // a curve, and not yet reported

    // In the order of the analysis.
    AudioBuffer beside_; // what the model hears
    RateConverter to_model_rate_;
    AudioBuffer model_in_;
    Framer framer_;
    std::shared_ptr<FrameExecutor> executor_;
    std::vector<Said> waiting_; // a ring: by how much a filter is later than the executor
    std::size_t oldest_ = 0;

    CrossfadingFilter filter_;
    AudioBuffer out_;

    float delta_from_ = 0.0F;
    float delta_to_ = 0.0F;
};

} // namespace tonecast
