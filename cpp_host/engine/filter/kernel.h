#pragma once

namespace tonecast::filter {

/// As many samples behind those that a kernel is asked for must be there: it works on whole
/// vectors, and drops what it was not asked for.
inline constexpr int readable_beyond_samples = 64;

/// One instruction set's code. Only plain types cross this line, and the compiled side uses nothing
/// of the C++ library: the linker keeps one copy of an inline function, and that copy might need
/// instructions that this machine does not have.
///
/// A vector holds neighbouring samples, never taps, and each sample adds its taps in one order, the
/// first one first: whatever is asked for at once, the same bits.
struct Kernel {
    const char* name;

    /// out[i] = Σ_j taps[j] · x[i − j] for i = 0 … n − 1 and j = 0 … count − 1. Reads x from
    /// 1 − count on.
    void (*convolve)(const float* x, const float* taps, int count, float* out, int n);

    /// The same with two filters, and share[i] of the new one.
    void (*crossfade)(const float* x, const float* old_taps, const float* new_taps, int count,
                      const float* share, float* out, int n);

    /// re + i·im = exp(log_size + i·angle), of n numbers; log_size ≥ −87. Reads and writes whole
    /// vectors. Angle and im, and log_size and re, may be the same.
    void (*polar)(const float* log_size, const float* angle, int n, float* re, float* im);
};

} // namespace tonecast::filter
