#pragma once

#include "engine/effect_file/effect_file.h"
#include "engine/onnxruntime/delay_lines/delay_line.h"

#include <string>
#include <vector>

namespace tonecast {

/// Has a graph ask for no more of the past than it reads.
///
/// Most states are the past of a signal. The graph puts the frame behind it (Concat), a convolution
/// or a delay reads of both, and the end is the next state (Slice): so all of it is copied twice a
/// frame, though a filter of K taps with a dilation longer than a frame reads K windows as long as
/// the frame, all but one of them of the past. Such a graph is changed in `model`, a ModelProto,
/// where that saves copying:
///
///     state.X [channels, …, n]             →  state.X [channels, …, windows · frame]
///     state.X.next, its last n elements    →  state.X.next [channels, …, frame], the frame itself
///     the convolution's dilation           →  the frame's length
///
/// The convolution multiplies and adds the same numbers in the same order. Returned is, for each
/// state, what its input has become, to be played by a DelayLine.
std::vector<Taps> tap_shifting_states(std::string& model, const Contract& contract,
                                      const std::vector<StateTensor>& states);

} // namespace tonecast
