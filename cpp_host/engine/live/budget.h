#pragma once

#include "engine/engine.h"
#include "engine/inference/model.h"

namespace tonecast {

/// How long the model takes for a frame of so many channels on this machine, median of a few, in
/// µs. Control thread; throws Error where the model cannot be run.
double measure_frame_us(const Model& model, int channels);

/// Measures the model and throws Error where it cannot keep up when it is played live: the message
/// has the figures, and the nearest settings that would work. Control thread.
void check_budget(const Model& model, const PlaySettings& settings);

/// The same for a predictor: on a thread of its own it has its period for a window, inline the
/// block.
void check_prediction_budget(const Model& predictor, const PlaySettings& settings);

} // namespace tonecast
