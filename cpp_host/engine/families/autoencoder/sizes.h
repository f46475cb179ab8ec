#pragma once

/// The one shape that the kernels are made for: the papers'.
namespace tonecast::kernels {

inline constexpr int frame_samples = 1024;
inline constexpr int filters = 128;
inline constexpr int filter_taps = 64;
inline constexpr int smoothing_taps = 128;
inline constexpr int pool = 16;
inline constexpr int latent = frame_samples / pool;

// "Same" padding: how many samples before the present one a filter sees.
inline constexpr int filter_reach = (filter_taps - 1) / 2;
inline constexpr int smoothing_reach = (smoothing_taps - 1) / 2;

// CAFx: widths of the dense layers, and pieces of a curve with the straight lines at both ends.
inline constexpr int wide = filters;
inline constexpr int narrow = filters / 2;
inline constexpr int curve_pieces = 27;

} // namespace tonecast::kernels
