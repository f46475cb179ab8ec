#pragma once

#include "engine/effect_file/contract.h"
#include "engine/filter/filter_design.h"
#include "engine/inference/runner.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace tonecast {

/// A filter effect's graph, and the filters that its curves make at the host's rate: what takes
/// time is so done where the graph runs, with a worker on the worker's thread.
///
/// Its frame_out are the filters, of `taps` each, one for all channels or one each, and a last
/// value that says whether a curve was bounded.
class FilterRunner : public Runner {
public:
    /// Control thread. Takes the graph's runner, not prepared.
    FilterRunner(std::unique_ptr<Runner> graph, const Contract& contract, int host_rate_hz)
        : graph_(std::move(graph)), design_(contract, host_rate_hz) {}

    int taps() const noexcept { return design_.taps(); }

    static std::span<const float> filters(std::span<const float> frame_out) noexcept {
        return frame_out.first(frame_out.size() - 1);
    }
    static bool is_bounded(std::span<const float> frame_out) noexcept {
        return frame_out.back() != 0.0F;
    }

    void prepare(int channels) override {
        graph_->prepare(channels);
        curves_ = graph_->frame_out().size() / static_cast<std::size_t>(design_.bins());
        out_.assign(curves_ * static_cast<std::size_t>(taps()) + 1, 0.0F);
    }
    void reset() noexcept override { graph_->reset(); }
    std::span<float> frame() noexcept override { return graph_->frame(); }
    std::span<float> controls() noexcept override { return graph_->controls(); }
    std::span<const float> frame_out() const noexcept override { return out_; }
    bool run() noexcept override {
        if (!graph_->run())
            return false;
        const auto bins = static_cast<std::size_t>(design_.bins());
        const auto taps = static_cast<std::size_t>(design_.taps());
        const std::span<float> out(out_);
        out_.back() = 0.0F;
        for (std::size_t c = 0; c < curves_; ++c) {
            const std::span<const float> curve = graph_->frame_out().subspan(c * bins, bins);
            // Linked channels often have the same.
            if (c > 0 &&
                std::ranges::equal(curve, graph_->frame_out().subspan((c - 1) * bins, bins))) {
                std::ranges::copy(out.subspan((c - 1) * taps, taps), out.subspan(c * taps).begin());
                continue;
            }
            const auto outcome = design_.design(curve, out.subspan(c * taps, taps));
            if (outcome == FilterDesign::Outcome::broken)
                return false;
            if (outcome == FilterDesign::Outcome::bounded)
                out_.back() = 1.0F;
        }
        return true;
    }
    PlayedBy played_by() const override { return graph_->played_by(); }

private:
    std::unique_ptr<Runner> graph_;
    FilterDesign design_;
    std::size_t curves_ = 0;
    std::vector<float> out_;
};

} // namespace tonecast
