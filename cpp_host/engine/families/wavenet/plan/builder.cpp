#include "engine/families/wavenet/plan/builder.h"

#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace tonecast::wavenet {

namespace {

constexpr int line_floats = 16;                             // of a cache line
constexpr std::int64_t most_floats = std::int64_t{1} << 26; // of a channel: 256 MiB

std::int64_t rounded_up(std::int64_t count, int multiple) {
    return (count + multiple - 1) / multiple * multiple;
}

bool bends_at_zero(Curve curve) {
    return curve == Curve::relu || curve == Curve::leaky_relu || curve == Curve::prelu;
}

/// The inputs that some outputs of a grouped convolution hear.
struct Range {
    int begin;
    int count;
};

Range inputs_of(const Filter& filter, int out, int outs) {
    const int outs_a_group = filter.outs / filter.groups;
    const int ins_a_group = filter.ins / filter.groups;
    const int begin = out / outs_a_group * ins_a_group;
    return {begin, ((out + outs - 1) / outs_a_group + 1) * ins_a_group - begin};
}

/// [tap, in, out] of some outputs, with zeros between those of different groups.
void pack(const Filter& filter, int out, int outs, Range ins, std::vector<float>& to) {
    const int outs_a_group = filter.outs / filter.groups;
    const int ins_a_group = filter.ins / filter.groups;
    for (int tap = 0; tap < filter.taps; ++tap)
        for (int i = ins.begin; i < ins.begin + ins.count; ++i)
            for (int o = out; o < out + outs; ++o) {
                const bool hears = i / ins_a_group == o / outs_a_group;
                const auto row =
                    static_cast<std::size_t>(o) * static_cast<std::size_t>(ins_a_group) +
                    static_cast<std::size_t>(i % ins_a_group);
                to.push_back(hears ? filter.weights[row * static_cast<std::size_t>(filter.taps) +
                                                    static_cast<std::size_t>(tap)]
                                   : 0.0F);
            }
}

} // namespace

PlanBuilder::PlanBuilder(int most_outs, int oversampling)
    : most_outs_(most_outs), oversampling_(oversampling) {}

int PlanBuilder::allocate(std::int64_t floats) {
    const int offset = plan_.memory_floats;
    if (offset + floats > most_floats)
        throw Error("the network remembers more than 256 MiB of sound a channel" +
                    std::string(oversampling_ > 1 ? "; choose less oversampling" : ""));
    plan_.memory_floats += static_cast<int>(rounded_up(floats, line_floats));
    return offset;
}

Signal PlanBuilder::add_signal(int rows) {
    return {allocate(std::int64_t{rows} * chunk_samples), chunk_samples, -1};
}

Signal PlanBuilder::add_ring(int rows, int taps, int dilation) {
    // Twice a chunk at least: what is written reaches into the mirror or is copied to it, not both.
    const std::int64_t past = std::int64_t{taps - 1} * dilation * oversampling_;
    const std::int64_t length =
        std::max<std::int64_t>(rounded_up(past + chunk_samples, chunk_samples), 2 * chunk_samples);
    // An odd number of cache lines, so that rows do not compete for the same places of a cache.
    const std::int64_t stride = length + chunk_samples + line_floats;
    const int offset = allocate(rows * stride);
    const Signal signal{offset, static_cast<int>(stride), static_cast<int>(plan_.rings.size())};
    plan_.rings.push_back({signal, rows, static_cast<int>(length)});
    return signal;
}

int PlanBuilder::pack_tiles(const Filter& filter, const Filter* mixer) {
    // As many tiles as are needed, of one size where that can be: a narrow one costs as much time.
    const int count = (filter.outs + most_outs_ - 1) / most_outs_;
    for (int i = 0; i < count; ++i) {
        const int out = filter.outs * i / count;
        const int outs = filter.outs * (i + 1) / count - out;
        const Range ins = inputs_of(filter, out, outs);
        const Range mixes = mixer != nullptr ? inputs_of(*mixer, out, outs) : Range{};
        plan_.tiles.push_back({out, outs, ins.begin, ins.count, mixes.begin, mixes.count,
                               static_cast<int>(plan_.weights.size())});
        for (int o = out; o < out + outs; ++o)
            plan_.weights.push_back(filter.bias.empty() ? 0.0F
                                                        : filter.bias[static_cast<std::size_t>(o)]);
        if (mixer != nullptr)
            pack(*mixer, out, outs, mixes, plan_.weights);
        pack(filter, out, outs, ins, plan_.weights);
    }
    return count;
}

void PlanBuilder::convolve(const Filter& filter, const Signal& from, int dilation, const Signal& to,
                           const Signal& added, const Filter* mixer, const Signal& mixed) {
    Convolution c;
    c.from = from;
    c.mixed = mixed;
    c.added = added;
    c.to = to;
    c.taps = filter.taps;
    c.dilation = dilation * oversampling_;
    c.first_tile = static_cast<int>(plan_.tiles.size());
    c.tiles = pack_tiles(filter, mixer);
    plan_.steps.push_back({StepKind::convolve, static_cast<int>(plan_.convolutions.size())});
    plan_.convolutions.push_back(c);
}

int PlanBuilder::add_slopes(const Activation& activation, int rows) {
    const int offset = static_cast<int>(plan_.weights.size());
    for (int row = 0; row < rows; ++row) {
        const auto& slopes = activation.slopes;
        const std::size_t i = slopes.size() == 1 ? 0 : static_cast<std::size_t>(row);
        plan_.weights.push_back(activation.curve == Curve::relu ? 0.0F : slopes[i]);
    }
    return offset;
}

Convolution* PlanBuilder::last_convolution_to(const Signal& to) {
    if (plan_.steps.empty() || plan_.steps.back().kind != StepKind::convolve)
        return nullptr;
    Convolution& last = plan_.convolutions.back();
    return last.to == to ? &last : nullptr;
}

Shaping* PlanBuilder::last_shaping_to(const Signal& to) {
    if (plan_.steps.empty() || plan_.steps.back().kind != StepKind::shape)
        return nullptr;
    Shaping& last = plan_.shapings.back();
    return last.to == to ? &last : nullptr;
}

void PlanBuilder::shape(const Activation& activation, const Signal& from, const Signal& to,
                        int rows) {
    const bool bends = bends_at_zero(activation.curve);
    const int slopes = bends ? add_slopes(activation, rows) : -1;
    Convolution* const made = from == to ? last_convolution_to(from) : nullptr;
    if (bends && made != nullptr && made->slopes < 0 && !made->sum.exists()) {
        made->slopes = slopes; // while it is in registers
        return;
    }
    plan_.steps.push_back({StepKind::shape, static_cast<int>(plan_.shapings.size())});
    plan_.shapings.push_back({from,
                              to,
                              {},
                              false,
                              rows,
                              activation.curve,
                              slopes,
                              activation.minimum,
                              activation.maximum,
                              activation.slope_below,
                              activation.slope_above});
}

void PlanBuilder::pass_on(const Filter& filter, const Signal& from, const Signal& to,
                          const Signal& added) {
    Convolution* const made = last_convolution_to(from);
    const bool fits = filter.outs <= most_outs_ && filter.ins <= most_outs_;
    if (made == nullptr || !fits) {
        convolve(filter, from, 1, to, added);
        return;
    }
    pack_tiles(filter, nullptr);
    made->passed = to;
    made->passed_added = added;
}

void PlanBuilder::modulate(const Modulation& modulation) {
    plan_.steps.push_back({StepKind::modulate, static_cast<int>(plan_.modulations.size())});
    plan_.modulations.push_back(modulation);
}

void PlanBuilder::gate(const Gate& gate) {
    plan_.steps.push_back({StepKind::gate, static_cast<int>(plan_.gates.size())});
    plan_.gates.push_back(gate);
}

void PlanBuilder::add_to_sum(const Signal& from, int rows, const Signal& sum, bool begins) {
    const auto take = [&](auto* made) {
        made->sum = sum;
        made->sum_begins = begins;
    };
    Convolution* const convolution = last_convolution_to(from);
    Shaping* const shaping = last_shaping_to(from);
    if (convolution != nullptr && !convolution->sum.exists())
        take(convolution);
    else if (shaping != nullptr && !shaping->sum.exists())
        take(shaping);
    else
        modulate({from, {}, {}, begins ? Signal{} : sum, sum, rows});
}

Plan PlanBuilder::finish(const Signal& input, const Signal& output, int receptive_field_samples,
                         int conditions) {
    plan_.input = input;
    plan_.output = output;
    plan_.conditions = conditions;
    plan_.receptive_field_samples = 1 + (receptive_field_samples - 1) * oversampling_;
    return std::move(plan_);
}

} // namespace tonecast::wavenet
