#include "engine/filter/runnable.h"

#include "engine/kernels/instruction_sets.h"

#include <cmath>

namespace tonecast::filter {

#define TONECAST_DECLARE(set)                                                                      \
    namespace set {                                                                                \
    extern const Kernel kernel;                                                                    \
    }
TONECAST_EACH_SET(TONECAST_DECLARE)

namespace {

void convolve(const float* x, const float* taps, int count, float* out, int n) {
    for (int i = 0; i < n; ++i) {
        float sum = taps[0] * x[i];
        for (int j = 1; j < count; ++j)
            sum += taps[j] * x[i - j];
        out[i] = sum;
    }
}

void crossfade(const float* x, const float* old_taps, const float* new_taps, int count,
               const float* share, float* out, int n) {
    for (int i = 0; i < n; ++i) {
        float old_sample = 0.0F;
        float new_sample = 0.0F;
        convolve(x + i, old_taps, count, &old_sample, 1);
        convolve(x + i, new_taps, count, &new_sample, 1);
        out[i] = old_sample + share[i] * (new_sample - old_sample);
    }
}

void polar(const float* log_size, const float* angle, int n, float* re, float* im) {
    for (int i = 0; i < n; ++i) {
        const float size = std::exp(log_size[i]);
        const float of_angle = angle[i];
        re[i] = size * std::cos(of_angle);
        im[i] = size * std::sin(of_angle);
    }
}

/// For compilers without vectors, whose models ONNX Runtime plays.
constexpr Kernel plain{"plain", convolve, crossfade, polar};

} // namespace

std::vector<const Kernel*> runnable() {
#define TONECAST_KERNEL(set) &set::kernel,
    auto found = kernels::runnable_of<Kernel>({TONECAST_EACH_SET(TONECAST_KERNEL)});
    found.push_back(&plain);
    return found;
}

} // namespace tonecast::filter
