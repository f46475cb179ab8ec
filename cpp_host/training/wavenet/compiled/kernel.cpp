// Compiled once per instruction set, see engine/families/CMakeLists.txt.

#include "training/wavenet/kernel.h"

#include "training/wavenet/compiled/bend.h"
#include "training/wavenet/compiled/convolve.h"
#include "training/wavenet/compiled/elementwise.h"
#include "training/wavenet/compiled/weight_gradients.h"

namespace tonecast::training::wavenet::TONECAST_SET {

namespace {

constexpr int tile_samples = 512;

void play(const Step& step, const Weights& weights, const Signals& signals, const Span& tile) {
    switch (step.kind) {
    case StepKind::convolve:
        return convolve(step, weights, signals, tile);
    case StepKind::bend:
        return bend(step, signals, tile);
    case StepKind::gate:
        return gate(step, signals, tile);
    case StepKind::modulate:
        return modulate(step, signals, tile);
    case StepKind::add:
        return add(step, signals, tile);
    case StepKind::scale:
        return scale(step, weights, signals, tile);
    }
}

void convolve_back(const Step& step, const Weights& weights, const Signals& signals,
                   const Span& tile, float* sums) {
    const Span span = from(step.to.begin, tile);
    if (!span.empty())
        add_weight_gradients(step, signals, span, sums);
    if (step.plus.gradient >= 0 && !step.passes_on)
        for (int row = 0; row < step.plus.count; ++row)
            for (int t = span.first; t < span.last; t += lanes)
                give(signals.gradient(step.plus, row) + t, step.plus.adds,
                     load(signals.gradient(step.to, row) + t));
    for (int s = 0; s < step.source_count; ++s)
        hear(step, step.sources[s], weights, signals, tile);
}

void go_back(const Step& step, const Weights& weights, const Signals& signals, const Span& tile,
             float* sums) {
    switch (step.kind) {
    case StepKind::convolve:
        return convolve_back(step, weights, signals, tile, sums);
    case StepKind::bend:
        return bend_back(step, signals, tile);
    case StepKind::gate:
        return gate_back(step, signals, tile);
    case StepKind::modulate:
        return modulate_back(step, signals, tile);
    case StepKind::add:
        return add_back(step, signals, tile);
    case StepKind::scale:
        return scale_back(step, weights, signals, tile, sums);
    }
}

void clear_before(const Step& step, const Signals& signals, const Span& tile) {
    const int begin = step.to.begin;
    clear_before(signals, step.plus, begin, tile);
    const bool convolves = step.kind == StepKind::convolve;
    if (step.to.gradient != step.from.gradient)
        clear_before(signals, step.from, convolves ? step.from.begin : begin, tile);
    clear_before(signals, step.mixed, convolves ? step.mixed.begin : begin, tile);
}

// Forwards a tile hears nothing but what lies before its end, so all steps of a pass can do one
// after the other; backwards nothing but what lies behind its beginning.
void forward(const View& view, const Weights& weights, float* tape) {
    const Signals signals{&view, tape, nullptr};
    for (int p = 0; p < view.pass_count; ++p) {
        const Pass& pass = view.passes[p];
        for (int t = pass.begin; t < view.end; t += tile_samples) {
            const Span tile{t, t + tile_samples < view.end ? t + tile_samples : view.end};
            for (int i = pass.first; i < pass.last; ++i)
                play(view.steps[i], weights, signals, tile);
        }
    }
}

void backward(const View& view, const Weights& weights, const float* tape, float* gradients,
              float* sums) {
    const Signals signals{&view, const_cast<float*>(tape), gradients}; // which only forward() fills
    for (int p = view.pass_count; p-- > 0;) {
        const Pass& pass = view.passes[p];
        for (int end = view.end; end > pass.begin; end -= tile_samples) {
            const Span tile{end - tile_samples > pass.begin ? end - tile_samples : pass.begin, end};
            for (int i = pass.last; i-- > pass.first;) {
                go_back(view.steps[i], weights, signals, tile, sums);
                clear_before(view.steps[i], signals, tile);
            }
        }
    }
}

} // namespace

#define TONECAST_TEXT_OF(name) #name
#define TONECAST_TEXT(name) TONECAST_TEXT_OF(name)

extern const Kernel kernel;
const Kernel kernel{TONECAST_TEXT(TONECAST_SET), lanes, forward, backward};

} // namespace tonecast::training::wavenet::TONECAST_SET
