#pragma once

#include "engine/control/graph_control.h"
#include "engine/inference/causal_runner.h"
#include "engine/players/late_dry.h"
#include "engine/players/player.h"
#include "engine/signal/declick.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tonecast {

/// Plays a causal model: what goes in comes out at once. Where the model has a delay of its own,
/// its answers to what lies before the stream are dropped. Its controls move every `step_samples`
/// of the stream.
class CausalPlayer : public Player {
public:
    static constexpr int step_samples = 32;

    using Controls = std::span<const std::unique_ptr<GraphControl>>;

    /// Control thread. Takes a prepared runner; the controls outlive the player.
    CausalPlayer(const Contract& contract, int channels, int max_samples,
                 std::unique_ptr<CausalRunner> runner, Controls controls);

    int wait_samples() const noexcept override { return 0; }
    int max_final_samples() const noexcept override { return out_.samples(); }
    void reset() noexcept override;
    Played play(const AudioBuffer& in, int from, int n) noexcept override;
    const AudioBuffer& out() const noexcept override { return out_; }
    const FrameCounts& counts() const noexcept override { return counts_; }
    PlayedBy played_by() const override { return runner_->played_by(); }

private:
    int samples_alike(int n) const noexcept;
    void run(int n) noexcept;

    std::unique_ptr<CausalRunner> runner_;
    Controls controls_;
    FrameCounts counts_;
    int delay_samples_;
    int before_stream_samples_;       // answers still to come to what lies before the stream
    std::int64_t played_samples_ = 0; // of the stream
    bool was_dry_ = false;
    std::vector<const float*> ins_;
    std::vector<float*> outs_;
    LateDry late_dry_;
    AudioBuffer out_;
    Declick declick_;
};

} // namespace tonecast
