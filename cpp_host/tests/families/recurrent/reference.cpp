#include "tests/families/recurrent/reference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace random_recurrent {

namespace {

using Values = std::vector<double>;

double uniform(std::mt19937& random) {
    return static_cast<double>(random()) / 4294967296.0 * 2.0 - 1.0;
}

std::vector<float> values(std::mt19937& random, int count, double size) {
    std::vector<float> made(static_cast<std::size_t>(count));
    for (float& value : made)
        value = static_cast<float>(size * uniform(random));
    return made;
}

double sigmoid(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

double shaped(Shape shape, double x) {
    switch (shape) {
    case Shape::tanh:
        return std::tanh(x);
    case Shape::relu:
        return std::max(x, 0.0);
    case Shape::sigmoid:
        return sigmoid(x);
    case Shape::elu:
        return x < 0.0 ? std::expm1(x) : x;
    case Shape::none:
        break;
    }
    return x;
}

/// A row of a matrix times a vector.
double product(const std::vector<float>& matrix, std::size_t row, const Values& x) {
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += static_cast<double>(matrix[row * x.size() + i]) * x[i];
    return sum;
}

/// A layer in a stream.
class Layer {
public:
    explicit Layer(const LayerWeights& weights)
        : w_(weights), cells_(static_cast<std::size_t>(weights.outs)),
          hidden_(weights.hidden.begin(), weights.hidden.end()),
          cell_(weights.cell.begin(), weights.cell.end()) {}

    Values next(const Values& x) {
        Values y(cells_);
        for (std::size_t i = 0; i < cells_; ++i)
            y[i] = w_.step == Step::dense
                       ? shaped(w_.shape, product(w_.of_input, i, x) + double{w_.bias_input[i]})
                   : w_.step == Step::lstm ? lstm(i, x)
                                           : gru(i, x);
        if (w_.step != Step::dense)
            hidden_ = y;
        return y;
    }

private:
    double in(std::size_t row, const Values& x) const {
        return product(w_.of_input, row, x) + double{w_.bias_input[row]};
    }
    double kept(std::size_t row) const {
        return product(w_.of_hidden, row, hidden_) + double{w_.bias_hidden[row]};
    }
    double lstm(std::size_t i, const Values& x) {
        const auto gate = [&](std::size_t g) {
            return in(g * cells_ + i, x) + kept(g * cells_ + i);
        };
        cell_[i] = sigmoid(gate(1)) * cell_[i] + sigmoid(gate(0)) * std::tanh(gate(2));
        return sigmoid(gate(3)) * std::tanh(cell_[i]);
    }
    double gru(std::size_t i, const Values& x) const {
        const double reset = sigmoid(in(i, x) + kept(i));
        const double keep = sigmoid(in(cells_ + i, x) + kept(cells_ + i));
        const double fresh = std::tanh(in(2 * cells_ + i, x) + reset * kept(2 * cells_ + i));
        return (1.0 - keep) * fresh + keep * hidden_[i];
    }

    const LayerWeights& w_;
    std::size_t cells_;
    Values hidden_;
    Values cell_;
};

} // namespace

Network make(std::mt19937& random, int conditions, const std::vector<Step>& steps,
             const std::vector<int>& widths) {
    Network network;
    network.frame = {conditions, conditions % 2 == 1, 0.7F, 1.3F, 300};
    int ins = 1 + conditions;
    for (std::size_t i = 0; i <= steps.size(); ++i) {
        LayerWeights layer;
        layer.step = i < steps.size() ? steps[i] : Step::dense;
        layer.ins = ins;
        layer.outs = i < steps.size() ? widths[i] : 1;
        const int gates = layer.step == Step::lstm ? 4 : layer.step == Step::gru ? 3 : 1;
        const double size = 1.5 / std::sqrt(std::max(ins, layer.outs));
        layer.of_input = values(random, gates * layer.outs * ins, 2.0 * size);
        layer.bias_input = values(random, gates * layer.outs, 0.5);
        if (layer.step == Step::dense) {
            if (i < steps.size())
                layer.shape = static_cast<Shape>(random() % 5U);
        } else {
            layer.of_hidden = values(random, gates * layer.outs * layer.outs, size);
            layer.bias_hidden = values(random, gates * layer.outs, 0.5);
            layer.hidden = values(random, layer.outs, 0.5);
            if (layer.step == Step::lstm)
                layer.cell = values(random, layer.outs, 0.5);
        }
        ins = layer.outs;
        network.layers.push_back(std::move(layer));
    }
    return network;
}

std::vector<double> play(const Network& network, const std::vector<float>& in,
                         const std::vector<float>& conditions) {
    std::vector<Layer> layers(network.layers.begin(), network.layers.end());
    const Frame& frame = network.frame;
    std::vector<double> out;
    for (const float sample : in) {
        const double x = double{frame.input_gain} * double{sample};
        Values row{x};
        row.insert(row.end(), conditions.begin(), conditions.end());
        for (Layer& layer : layers)
            row = layer.next(row);
        out.push_back(double{frame.output_gain} * (row[0] + (frame.skip ? x : 0.0)));
    }
    return out;
}

} // namespace random_recurrent
