#pragma once

#include "engine/inference/model.h"

#include <memory>

namespace tonecast {

/// Plays noise, then silence, with each control at its default, its minimum and its maximum in
/// turn; a predictor listens to windows of noise. Throws Error where the model cannot be played so.
void play_once(const std::shared_ptr<const Model>& model, int sample_rate_hz, int samples);

} // namespace tonecast
