#pragma once

#include "engine/families/wavenet/config.h"
#include "engine/families/wavenet/plan/plan.h"

#include <cstdint>
#include <vector>

namespace tonecast::wavenet {

/// The steps of a network with their weights, and the memory that they need in each channel.
struct Plan {
    std::vector<Step> steps;
    std::vector<Convolution> convolutions;
    std::vector<Shaping> shapings;
    std::vector<Modulation> modulations;
    std::vector<Gate> gates;
    std::vector<Tile> tiles;
    std::vector<Ring> rings;
    std::vector<float> weights;
    int memory_floats = 0; // a multiple of a cache line
    int receptive_field_samples = 1;
    int conditions = 0;        // rows of the input behind the sound, each constant over a chunk
    bool zero_padding = false; // what rings hold after a reset
    Signal input;
    Signal output;

    PlanView view() const {
        return {steps.data(), convolutions.data(), shapings.data(), modulations.data(),
                gates.data(), tiles.data(),        rings.data(),    weights.data()};
    }
};

/// A convolution's weights as the file has them.
struct Filter {
    int outs = 1;
    int ins = 1;
    int taps = 1;
    int groups = 1;
    std::vector<float> weights;   // [outs, ins / groups, taps]
    std::vector<float> bias = {}; // none: zeros
};

/// Writes a plan down step by step.
class PlanBuilder {
public:
    /// `most_outs`: how many rows a tile may have. Every dilation is multiplied by `oversampling`.
    PlanBuilder(int most_outs, int oversampling);

    /// Signals. Throw Error where the network needs more memory than we give.
    Signal add_signal(int rows);
    Signal add_ring(int rows, int taps, int dilation);

    /// to = bias + `mixer` of `mixed` + `filter` of `from` + added. Of several taps, `from` has to
    /// be a ring that was made for them.
    void convolve(const Filter& filter, const Signal& from, int dilation, const Signal& to,
                  const Signal& added = {}, const Filter* mixer = nullptr,
                  const Signal& mixed = {});

    /// to = `filter`, a 1×1, of `from` + added, for which it is the last that hears `from`. In the
    /// step that makes `from` if that can.
    void pass_on(const Filter& filter, const Signal& from, const Signal& to, const Signal& added);

    void shape(const Activation& activation, const Signal& from, const Signal& to, int rows);
    void modulate(const Modulation& modulation);
    void gate(const Gate& gate);

    /// sum += from, or sum = from where it begins. In the step that makes `from` if that can.
    void add_to_sum(const Signal& from, int rows, const Signal& sum, bool begins);

    Plan finish(const Signal& input, const Signal& output, int receptive_field_samples,
                int conditions = 0);

private:
    int allocate(std::int64_t floats);
    int add_slopes(const Activation& activation, int rows);
    int pack_tiles(const Filter& filter, const Filter* mixer);
    /// The last step, if it is one that makes `to`; null elsewhere.
    Convolution* last_convolution_to(const Signal& to);
    Shaping* last_shaping_to(const Signal& to);

    int most_outs_;
    int oversampling_;
    Plan plan_;
};

} // namespace tonecast::wavenet
