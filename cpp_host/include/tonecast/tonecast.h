#pragma once

/// Everything that a program needs to play effect files; see examples/embed.
///
/// Load ONNX Runtime once (OrtLibrary::load), read a file (read_effect_file), make its model
/// (load_model), and give that to an Engine: prepare() before the first block, process() for each.

#include "engine/effect_file/effect_file.h"
#include "engine/engine.h"
#include "engine/error.h"
#include "engine/families/load_model.h"
#include "engine/onnxruntime/ort_library.h"
