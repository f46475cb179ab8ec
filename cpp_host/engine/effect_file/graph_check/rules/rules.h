#pragma once

#include "engine/effect_file/graph_check/node_check.h"

/// The shapes that operators take and make, as ONNX's operator set 20 defines them, less what ONNX
/// Runtime does not compute or effects do not need. The table in operators.cpp says whose they are.
namespace tonecast::rules {

// elementwise.cpp
void elementwise(NodeCheck& node);
void slow_elementwise(NodeCheck& node); // powers, logarithms and the like
void divide(NodeCheck& node);
void where(NodeCheck& node);
void prelu(NodeCheck& node);
void clip(NodeCheck& node);
void cast(NodeCheck& node);

// reductions.cpp
void reduce(NodeCheck& node);
void arg_reduce(NodeCheck& node);
void along_axis(NodeCheck& node);
void cumulate(NodeCheck& node);
void top_k(NodeCheck& node);
void global_pool(NodeCheck& node);

// shapes.cpp
void constant(NodeCheck& node);
void identity(NodeCheck& node);
void shape(NodeCheck& node);
void size(NodeCheck& node);
void reshape(NodeCheck& node);
void flatten(NodeCheck& node);
void squeeze(NodeCheck& node);
void unsqueeze(NodeCheck& node);

// movement.cpp
void concat(NodeCheck& node);
void split(NodeCheck& node);
void slice(NodeCheck& node);
void pad(NodeCheck& node);
void transpose(NodeCheck& node);
void trilu(NodeCheck& node);

// gathering.cpp
void gather(NodeCheck& node);
void gather_elements(NodeCheck& node);
void gather_nd(NodeCheck& node);
void scatter_elements(NodeCheck& node);
void scatter_nd(NodeCheck& node);

// products.cpp
void mat_mul(NodeCheck& node);
void gemm(NodeCheck& node);
void einsum(NodeCheck& node);
void dft(NodeCheck& node);

// convolutions.cpp
void conv(NodeCheck& node);
void conv_transpose(NodeCheck& node);
void pool(NodeCheck& node);

// normalizations.cpp
void batch_normalization(NodeCheck& node);
void instance_normalization(NodeCheck& node);
void layer_normalization(NodeCheck& node);

// recurrent.cpp
void rnn(NodeCheck& node);
void gru(NodeCheck& node);
void lstm(NodeCheck& node);

} // namespace tonecast::rules
