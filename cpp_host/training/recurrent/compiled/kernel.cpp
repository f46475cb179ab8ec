// Compiled once per instruction set, see cmake/kernels.cmake.

#include "training/recurrent/kernel.h"

#include "training/recurrent/compiled/cells_back.h"
#include "training/recurrent/compiled/dense.h"
#include "training/recurrent/compiled/weight_gradients.h"

namespace tonecast::training::recurrent::TONECAST_SET {

namespace {

void forward(const View& view, const float* weights, float* tape, int samples) {
    for (int i = 0; i < view.layer_count; ++i) {
        const LayerPlan& layer = view.layers[i];
        if (layer.step == Step::dense)
            play_dense(layer, weights, tape, samples);
        else
            play_cells(layer, weights, tape, samples);
    }
}

void add_layer_gradients(const LayerPlan& layer, const float* tape, float* sums, int samples) {
    const float* const made = tape + layer.made.first;
    const ptrdiff_t step = layer.made.step;
    add_weight_gradients(made, step, layer.hearing_rows, tape + layer.in.first, layer.in.step,
                         layer.ins, samples, sums + layer.weights * lanes);
    if (layer.hidden_rows > 0)
        add_weight_gradients(made + (layer.rows - layer.hidden_rows) * lanes, step,
                             layer.hidden_rows, tape + layer.out.first - layer.out.step,
                             layer.out.step, layer.outs, samples, sums + layer.of_hidden() * lanes);
    add_bias_gradients(made, step, layer.rows, samples, sums + layer.biases() * lanes);
}

void backward(const View& view, const float* weights, float* tape, float* gradients, float* sums,
              int samples) {
    for (int i = view.layer_count; i-- > 0;) {
        const LayerPlan& layer = view.layers[i];
        if (layer.step == Step::dense)
            dense_back(layer, tape, gradients, samples);
        else
            cells_back(layer, weights, tape, gradients, samples);
        add_layer_gradients(layer, tape, sums, samples);
        if (layer.in_gradient.first < 0)
            continue;
        for (int t = 0; t < samples; ++t)
            go_back_through(weights + layer.weights, layer.hearing_rows, layer.ins,
                            tape + layer.made.first + t * layer.made.step,
                            gradients + layer.in_gradient.first + t * layer.in_gradient.step,
                            false);
    }
}

} // namespace

#define TONECAST_TEXT_OF(name) #name
#define TONECAST_TEXT(name) TONECAST_TEXT_OF(name)

extern const Kernel kernel;
const Kernel kernel{TONECAST_TEXT(TONECAST_SET), lanes, most_sums, forward, backward};

} // namespace tonecast::training::recurrent::TONECAST_SET
