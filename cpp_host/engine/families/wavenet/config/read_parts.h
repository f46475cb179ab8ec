#pragma once

#include "engine/families/wavenet/config.h"
#include "engine/families/wavenet/config/extent.h"
#include "engine/families/wavenet/config/fields.h"

/// The parts of read_wavenet() and its like. All throw Error that names the field.
namespace tonecast::wavenet {

inline constexpr int most_channels = 256;
inline constexpr int longest_kernel = 1 << 16;
inline constexpr int longest_dilation = 1 << 20;

/// `channels`: of which each may have a slope of its own.
Activation read_activation(const Fields& in, int channels);

LayerArray read_array(const Fields& in, Extent& extent);

/// How many channels an array's layers add up.
inline int head_width(const LayerArray& array) {
    return array.head1x1 ? array.head1x1->out_channels : array.bottleneck;
}

} // namespace tonecast::wavenet
