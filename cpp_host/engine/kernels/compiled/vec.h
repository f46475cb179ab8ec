#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/// Vectors of floats in the notation of GCC and Clang: one source for every instruction set.
namespace tonecast::kernels::TONECAST_SET {

#if defined(__AVX512F__)
inline constexpr int lanes = 16;
inline constexpr int registers = 32;
#elif defined(__AVX2__)
inline constexpr int lanes = 8;
inline constexpr int registers = 16;
#elif defined(__aarch64__)
inline constexpr int lanes = 4;
inline constexpr int registers = 32;
#else
inline constexpr int lanes = 4;
inline constexpr int registers = 16;
#endif

using Vec = float __attribute__((vector_size(lanes * sizeof(float))));
using VecInt = int __attribute__((vector_size(lanes * sizeof(int))));
// Clang passes over the alignment in an alias, and would store as if it were a multiple of the
// size.
typedef float UnalignedVec // NOLINT(modernize-use-using)
    __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

#define TONECAST_INLINE inline __attribute__((always_inline))
#if defined(__clang__)
#define TONECAST_UNROLL _Pragma("clang loop unroll(full)")
#else
#define TONECAST_UNROLL _Pragma("GCC unroll 64")
#endif

TONECAST_INLINE Vec load(const float* from) {
    return *reinterpret_cast<const Vec*>(from);
}
TONECAST_INLINE VecInt load_int(const int* from) {
    return *reinterpret_cast<const VecInt*>(from);
}
TONECAST_INLINE Vec load_unaligned(const float* from) {
    return *reinterpret_cast<const UnalignedVec*>(from);
}
TONECAST_INLINE void store(float* to, Vec x) {
    *reinterpret_cast<Vec*>(to) = x;
}
TONECAST_INLINE void store_unaligned(float* to, Vec x) {
    *reinterpret_cast<UnalignedVec*>(to) = x;
}
TONECAST_INLINE Vec all(float x) {
    return x - Vec{}; // and not plus, which would make a zero of minus zero
}
/// a · b + c, rounded once where the set has an instruction for it: the same bits wherever it is
/// written, which a compiler's own choice to fuse does not promise.
TONECAST_INLINE Vec multiply_add(Vec a, Vec b, Vec c) {
#if defined(__AVX512F__)
    return reinterpret_cast<Vec>(_mm512_fmadd_ps(
        reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b), reinterpret_cast<__m512>(c)));
#elif defined(__AVX2__)
    return reinterpret_cast<Vec>(_mm256_fmadd_ps(
        reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b), reinterpret_cast<__m256>(c)));
#elif defined(__aarch64__)
    return reinterpret_cast<Vec>(vfmaq_f32(reinterpret_cast<float32x4_t>(c),
                                           reinterpret_cast<float32x4_t>(a),
                                           reinterpret_cast<float32x4_t>(b)));
#else
    return a * b + c;
#endif
}
TONECAST_INLINE Vec abs(Vec x) {
    return reinterpret_cast<Vec>(reinterpret_cast<VecInt>(x) & 0x7fffffff);
}
/// Not below a bound; what is no number stays so, as the instruction returns its second operand
/// then.
TONECAST_INLINE Vec at_least(float bound, Vec x) {
#if defined(__AVX512F__)
    return reinterpret_cast<Vec>(
        _mm512_max_ps(reinterpret_cast<__m512>(all(bound)), reinterpret_cast<__m512>(x)));
#elif defined(__AVX2__)
    return reinterpret_cast<Vec>(
        _mm256_max_ps(reinterpret_cast<__m256>(all(bound)), reinterpret_cast<__m256>(x)));
#else
    return x < bound ? all(bound) : x;
#endif
}
/// Not above it, likewise.
TONECAST_INLINE Vec at_most(float bound, Vec x) {
#if defined(__AVX512F__)
    return reinterpret_cast<Vec>(
        _mm512_min_ps(reinterpret_cast<__m512>(all(bound)), reinterpret_cast<__m512>(x)));
#elif defined(__AVX2__)
    return reinterpret_cast<Vec>(
        _mm256_min_ps(reinterpret_cast<__m256>(all(bound)), reinterpret_cast<__m256>(x)));
#else
    return x > bound ? all(bound) : x;
#endif
}
TONECAST_INLINE Vec larger(Vec a, Vec b) {
    return a > b ? a : b;
}
TONECAST_INLINE Vec smaller(Vec a, Vec b) {
    return a < b ? a : b;
}

} // namespace tonecast::kernels::TONECAST_SET
