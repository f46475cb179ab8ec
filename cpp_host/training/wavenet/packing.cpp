#include "training/wavenet/packing.h"

#include <algorithm>
#include <numeric>

namespace tonecast::training::wavenet {

namespace {

/// index(out, in, tap in the flat list; as [tap, in, out]; as [tap, out, in]) of each weight.
template <typename Shape, typename Use>
void for_each_weight(const Shape& shape, Use use) {
    int flat = shape.begin;
    for (int o = 0; o < shape.outs; ++o)
        for (int i = 0; i < shape.ins; ++i)
            for (int k = 0; k < shape.taps; ++k, ++flat)
                use(static_cast<std::size_t>(flat),
                    static_cast<std::size_t>(shape.begin + (k * shape.ins + i) * shape.outs + o),
                    static_cast<std::size_t>(shape.begin + (k * shape.outs + o) * shape.ins + i));
}

} // namespace

Packing::Packing(const Tape& tape)
    : flat_(static_cast<std::size_t>(tape.parameters)), forward_(flat_), backward_(flat_) {
    for (const Operation& one : tape.operations) {
        if (one.kind != Kind::convolve)
            continue;
        filters_.push_back({one.filter.weights, one.to.rows, one.from.rows, one.filter.taps});
        if (one.mixed.exists())
            filters_.push_back({one.mixing.weights, one.to.rows, one.mixed.rows, one.mixing.taps});
    }
}

void Packing::pack(std::span<const float> flat) {
    std::copy(flat.begin(), flat.end(), flat_.begin());
    for (const Shape& filter : filters_)
        for_each_weight(filter, [&](std::size_t at, std::size_t forward, std::size_t backward) {
            forward_[forward] = flat_[at];
            backward_[backward] = flat_[at];
        });
}

void Packing::unpack(const float* sums, int lanes, std::span<float> gradient) const {
    const auto sum = [&](std::size_t index) {
        const float* const first = sums + static_cast<std::ptrdiff_t>(index) * lanes;
        return std::accumulate(first, first + lanes, 0.0F);
    };
    for (std::size_t i = 0; i < gradient.size(); ++i)
        gradient[i] = sum(i); // right for all that is no filter
    for (const Shape& filter : filters_)
        for_each_weight(filter, [&](std::size_t at, std::size_t forward, std::size_t) {
            gradient[at] = sum(forward);
        });
}

} // namespace tonecast::training::wavenet
