// Compiled once per instruction set, with TONECAST_SET as its name.

#include "engine/filter/kernel.h"

#include "engine/filter/compiled/polar.h"
#include "engine/kernels/compiled/vec.h"

namespace tonecast::filter::TONECAST_SET {

namespace {

using namespace kernels::TONECAST_SET;

// Sums of two filters, what they are made of, and two taps fit 16 registers.
constexpr int most_vectors = 4;
static_assert(most_vectors * lanes <= readable_beyond_samples);

/// Those of `vectors` whole vectors that were asked for.
template <int vectors>
TONECAST_INLINE void keep(const Vec (&found)[vectors], float* out, int n) {
    if (n >= vectors * lanes) {
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v)
            store_unaligned(out + v * lanes, found[v]);
        return;
    }
    alignas(sizeof(Vec)) float whole[vectors * lanes];
    TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        store(whole + v * lanes, found[v]);
    for (int i = 0; i < n; ++i)
        out[i] = whole[i];
}

template <int vectors>
void convolve_vectors(const float* x, const float* taps, int count, float* out, int n) {
    Vec sum[vectors];
    TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        sum[v] = all(taps[0]) * load_unaligned(x + v * lanes);
    for (int j = 1; j < count; ++j) {
        const Vec tap = all(taps[j]);
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v)
            sum[v] = multiply_add(tap, load_unaligned(x - j + v * lanes), sum[v]);
    }
    keep<vectors>(sum, out, n);
}

template <int vectors>
void crossfade_vectors(const float* x, const float* old_taps, const float* new_taps, int count,
                       const float* share, float* out, int n) {
    Vec old_sum[vectors];
    Vec new_sum[vectors];
    TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v) {
        const Vec heard = load_unaligned(x + v * lanes);
        old_sum[v] = all(old_taps[0]) * heard;
        new_sum[v] = all(new_taps[0]) * heard;
    }
    for (int j = 1; j < count; ++j) {
        const Vec old_tap = all(old_taps[j]);
        const Vec new_tap = all(new_taps[j]);
        TONECAST_UNROLL
        for (int v = 0; v < vectors; ++v) {
            const Vec heard = load_unaligned(x - j + v * lanes);
            old_sum[v] = multiply_add(old_tap, heard, old_sum[v]);
            new_sum[v] = multiply_add(new_tap, heard, new_sum[v]);
        }
    }
    TONECAST_UNROLL
    for (int v = 0; v < vectors; ++v)
        new_sum[v] =
            multiply_add(load_unaligned(share + v * lanes), new_sum[v] - old_sum[v], old_sum[v]);
    keep<vectors>(new_sum, out, n);
}

void convolve(const float* x, const float* taps, int count, float* out, int n) {
    int i = 0;
    for (; n - i > 2 * lanes; i += most_vectors * lanes)
        convolve_vectors<most_vectors>(x + i, taps, count, out + i, n - i);
    for (; n - i > lanes; i += 2 * lanes)
        convolve_vectors<2>(x + i, taps, count, out + i, n - i);
    for (; n > i; i += lanes)
        convolve_vectors<1>(x + i, taps, count, out + i, n - i);
}

void crossfade(const float* x, const float* old_taps, const float* new_taps, int count,
               const float* share, float* out, int n) {
    int i = 0;
    for (; n - i > 2 * lanes; i += most_vectors * lanes)
        crossfade_vectors<most_vectors>(x + i, old_taps, new_taps, count, share + i, out + i,
                                        n - i);
    for (; n - i > lanes; i += 2 * lanes)
        crossfade_vectors<2>(x + i, old_taps, new_taps, count, share + i, out + i, n - i);
    for (; n > i; i += lanes)
        crossfade_vectors<1>(x + i, old_taps, new_taps, count, share + i, out + i, n - i);
}

void polar(const float* log_size, const float* angle, int n, float* re, float* im) {
    for (int i = 0; i < n; i += lanes) {
        const Vec size = exponential(load_unaligned(log_size + i));
        const SineAndCosine of_angle = sine_and_cosine(load_unaligned(angle + i));
        store_unaligned(re + i, size * of_angle.cosine);
        store_unaligned(im + i, size * of_angle.sine);
    }
}

#define TONECAST_TEXT(text) #text
#define TONECAST_NAME(set) TONECAST_TEXT(set)

} // namespace

extern const Kernel kernel;
const Kernel kernel{TONECAST_NAME(TONECAST_SET), convolve, crossfade, polar};

} // namespace tonecast::filter::TONECAST_SET
