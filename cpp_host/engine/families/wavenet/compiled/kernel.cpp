// Compiled once per instruction set, see ../../CMakeLists.txt.

#include "engine/families/wavenet/kernel.h"

#include "engine/families/wavenet/compiled/convolve.h"
#include "engine/families/wavenet/compiled/elementwise.h"

namespace tonecast::wavenet::TONECAST_SET {

namespace {

void run_step(const Step& step, const PlanView& plan, const Channel& channel) {
    switch (step.kind) {
    case StepKind::convolve:
        return convolve(plan.convolutions[step.index], plan, channel);
    case StepKind::shape:
        return shape(plan.shapings[step.index], plan, channel);
    case StepKind::modulate:
        return modulate(plan.modulations[step.index], channel);
    case StepKind::gate:
        return gate(plan.gates[step.index], channel);
    case StepKind::count:
        return;
    }
}

// All channels play a step before the next one: its weights are fetched once.
void run(const PlanView& plan, int first, int last, float* memory, size_t channel_floats,
         int channels, const int* at, int samples) {
    const int vectors = (samples + lanes - 1) / lanes;
    for (int i = first; i < last; ++i)
        for (int c = 0; c < channels; ++c)
            run_step(plan.steps[i], plan,
                     {memory + static_cast<size_t>(c) * channel_floats, at, vectors});
}

} // namespace

#define TONECAST_TEXT_OF(name) #name
#define TONECAST_TEXT(name) TONECAST_TEXT_OF(name)

extern const Kernel kernel;
const Kernel kernel{TONECAST_TEXT(TONECAST_SET), lanes, most_outs, run};

} // namespace tonecast::wavenet::TONECAST_SET
