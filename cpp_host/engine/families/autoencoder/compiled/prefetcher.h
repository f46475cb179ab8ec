#pragma once

#include "engine/kernels/compiled/vec.h"

namespace tonecast::kernels::TONECAST_SET {

/// Brings constants into the second-level cache during arithmetic. The locally connected layer
/// reads most of a model's weights, each once a frame, and would wait for memory. Only sums leave
/// the memory idle; FFTs stream their filters' spectra, and gain nothing by this: measured.
class Prefetcher {
public:
    explicit Prefetcher(const float* from) : next_(from) {}

    TONECAST_INLINE void fetch(int floats) {
        constexpr int line = 16;
        for (int i = 0; i < floats; i += line)
            __builtin_prefetch(next_ + i, 0, 2);
        next_ += floats;
    }

private:
    const float* next_;
};

} // namespace tonecast::kernels::TONECAST_SET
