#include "training/wavenet/tape.h"

#include <algorithm>
#include <optional>

namespace tonecast::training::wavenet {

namespace {

using tonecast::wavenet::Activation;
using tonecast::wavenet::Curve;
using tonecast::wavenet::FilmPlace;
using tonecast::wavenet::Gating;
using tonecast::wavenet::Layer;
using tonecast::wavenet::LayerArray;
using tonecast::wavenet::PostHead;
using tonecast::wavenet::WaveNet;

/// Where a convolution of the flat list stands.
struct Weights {
    Filter filter{};
    int groups = 1;
    int bias = -1;
};

/// Whether the slope of a curve can be told from what comes out of it.
bool is_told_by_output(const Activation& activation) {
    switch (activation.curve) {
    case Curve::tanh:
    case Curve::sigmoid:
    case Curve::relu:
    case Curve::hard_tanh:
        return true;
    case Curve::leaky_relu:
        return activation.slopes.front() > 0.0F;
    case Curve::prelu:
    case Curve::silu:
    case Curve::hard_swish:
    case Curve::leaky_hard_tanh:
    case Curve::softsign:
        return false;
    }
    return false;
}

class Recorder {
public:
    Tape record(const WaveNet& network) {
        tape_.output = play(network, add_signal(1 + network.conditions));
        return tape_;
    }

private:
    Part add_signal(int rows) {
        tape_.rows.push_back(rows);
        return {static_cast<int>(tape_.rows.size()) - 1, 0, rows};
    }

    Operation& add(Kind kind, const Part& to, const Part& from) {
        Operation operation;
        operation.kind = kind;
        operation.pass = pass_;
        operation.to = to;
        operation.from = from;
        tape_.operations.push_back(operation);
        return tape_.operations.back();
    }

    Weights take(int outs, int ins, int taps, int dilation, int groups, bool bias) {
        Weights weights{{taps, dilation, tape_.parameters}, groups, -1};
        tape_.parameters += outs * ins / groups * taps;
        if (bias) {
            weights.bias = tape_.parameters;
            tape_.parameters += outs;
        }
        return weights;
    }

    /// `to` = convolution of `from`, onto what stands there unless it `begins`.
    void convolve(const Weights& weights, const Part& from, const Part& to, bool begins = true) {
        const int ins = from.rows / weights.groups;
        const int outs = to.rows / weights.groups;
        for (int group = 0; group < weights.groups; ++group) {
            Operation& one =
                add(Kind::convolve, to.cut(group * outs, outs), from.cut(group * ins, ins));
            one.filter = weights.filter;
            one.filter.weights += group * outs * ins * weights.filter.taps;
            one.weight = weights.bias < 0 ? -1 : weights.bias + group * outs;
            one.begins = begins;
        }
    }

    Part bend(const Activation& activation, const Part& from, bool in_place) {
        const bool same = in_place && is_told_by_output(activation);
        const Part to = same ? from : add_signal(from.rows);
        add(Kind::bend, to, from).activation = activation;
        return to;
    }

    Part play(const WaveNet& network, const Part& input) {
        const Part condition = network.condition ? play(*network.condition, input) : input;
        Part through = input.cut(0, 1); // what is behind the sound are conditions
        Part heard;                     // by the next array's head, or at the end
        for (const LayerArray& array : network.arrays) {
            ++pass_;
            const int width = array.head1x1 ? array.head1x1->out_channels : array.bottleneck;
            const Weights rechannel = take(array.channels, array.input_size, 1, 1, 1, false);
            const Part in = add_signal(array.channels);
            convolve(rechannel, through, in);
            through = in;
            bool begins = !heard.exists();
            const Part sum = begins ? add_signal(width) : heard;
            for (const Layer& layer : array.layers) {
                through = play(array, layer, through, condition, sum, begins);
                begins = false;
                ++pass_;
            }
            const Weights head = take(array.head.out_channels, width, array.head.kernel_size,
                                      array.head.dilation, 1, array.head.bias);
            heard = add_signal(array.head.out_channels);
            convolve(head, sum, heard);
        }
        return end(network, heard);
    }

    Part end(const WaveNet& network, const Part& heard) {
        std::vector<Weights> post;
        int ins = heard.rows;
        if (network.head)
            for (const PostHead::Convolution& convolution : network.head->convolutions) {
                post.push_back(
                    take(convolution.out_channels, ins, convolution.kernel_size, 1, 1, true));
                ins = convolution.out_channels;
            }
        Part y = add_signal(heard.rows);
        add(Kind::scale, y, heard).weight = tape_.parameters++;
        for (std::size_t j = 0; j < post.size(); ++j) {
            const Part bent = bend(network.head->activation, y, true);
            y = add_signal(network.head->convolutions[j].out_channels);
            convolve(post[j], bent, y);
        }
        return y;
    }

    /// What goes on to the next layer.
    Part play(const LayerArray& array, const Layer& layer, const Part& through,
              const Part& condition, const Part& sum, bool begins) {
        const int inside = array.bottleneck;
        const int wide = layer.gating == Gating::none ? inside : 2 * inside;
        const Weights conv =
            take(wide, array.channels, layer.kernel_size, layer.dilation, array.groups_input, true);
        const Weights mixin = take(wide, condition.rows, 1, 1, array.groups_mixin, false);
        std::optional<Weights> layer1x1;
        std::optional<Weights> head1x1;
        if (array.layer1x1)
            layer1x1 = take(array.channels, inside, 1, 1, array.layer1x1->groups, true);
        if (array.head1x1)
            head1x1 = take(sum.rows, inside, 1, 1, array.head1x1->groups, true);
        take_films(array, wide, condition.rows, sum.rows);

        const Part z = mix(conv, mixin, through, condition, wide);
        Part a = activate(layer, film(FilmPlace::activation_pre, z, condition), inside);
        a = film(FilmPlace::activation_post, a, condition);
        if (!head1x1) {
            add(Kind::add, sum, film(FilmPlace::head1x1_post, a, condition)).begins = begins;
        } else if (at(FilmPlace::head1x1_post)) {
            const Part out = add_signal(sum.rows);
            convolve(*head1x1, a, out);
            add(Kind::add, sum, film(FilmPlace::head1x1_post, out, condition)).begins = begins;
        } else {
            convolve(*head1x1, a, sum, begins);
        }
        return layer1x1 ? pass_on(*layer1x1, layer, a, through, condition) : through;
    }

    void take_films(const LayerArray& array, int wide, int condition_rows, int head_rows) {
        const int rows[] = {array.channels,
                            wide,
                            condition_rows,
                            wide,
                            wide,
                            array.bottleneck,
                            array.layer1x1 ? array.channels : 0,
                            array.head1x1 ? head_rows : 0};
        for (std::size_t place = 0; place < films_.size(); ++place) {
            films_[place].reset();
            const auto& shape = array.films[place];
            if (shape && rows[place] > 0)
                films_[place] = take(rows[place] * (shape->shift ? 2 : 1), condition_rows, 1, 1,
                                     shape->groups, true);
            film_rows_[place] = shape && shape->shift ? 2 * rows[place] : rows[place];
        }
    }

    bool at(FilmPlace place) const { return films_[static_cast<std::size_t>(place)].has_value(); }

    /// v · s + t by the condition, or v where there is none.
    Part film(FilmPlace place, const Part& v, const Part& condition) {
        if (!at(place))
            return v;
        const Part made = add_signal(film_rows_[static_cast<std::size_t>(place)]);
        convolve(*films_[static_cast<std::size_t>(place)], condition, made);
        const Part to = add_signal(v.rows);
        Operation& one = add(Kind::modulate, to, v);
        one.plus = made.cut(0, v.rows);
        if (made.rows > v.rows)
            one.mixed = made.cut(v.rows, v.rows);
        return to;
    }

    /// Convolution and mixin: one operation where nothing lies between them.
    Part mix(const Weights& conv, const Weights& mixin, const Part& through, const Part& condition,
             int wide) {
        const Part heard = film(FilmPlace::conv_pre, through, condition);
        const Part mixed = film(FilmPlace::mixin_pre, condition, condition);
        Part z = add_signal(wide);
        convolve(conv, heard, z);
        if (conv.groups == 1 && mixin.groups == 1 && !at(FilmPlace::conv_post) &&
            !at(FilmPlace::mixin_post)) {
            tape_.operations.back().mixed = mixed;
            tape_.operations.back().mixing = mixin.filter;
            return z;
        }
        z = film(FilmPlace::conv_post, z, condition);
        if (!at(FilmPlace::mixin_post)) {
            convolve(mixin, mixed, z, false);
            return z;
        }
        const Part beside = add_signal(wide);
        convolve(mixin, mixed, beside);
        add(Kind::add, z, film(FilmPlace::mixin_post, beside, condition)).begins = false;
        return z;
    }

    Part activate(const Layer& layer, const Part& z, int inside) {
        if (layer.gating == Gating::none)
            return bend(layer.activation, z, true);
        const Part left = z.cut(0, inside);
        const Part shaped = bend(layer.activation, left, false);
        const Part gate = bend(layer.gate_activation, z.cut(inside, inside), false);
        const Part to = add_signal(inside);
        Operation& one = add(Kind::gate, to, shaped);
        one.plus = gate;
        one.blended = layer.gating == Gating::blended;
        if (one.blended)
            one.mixed = left;
        return to;
    }

    Part pass_on(const Weights& layer1x1, const Layer& layer, const Part& a, const Part& through,
                 const Part& condition) {
        const Part next = add_signal(through.rows);
        // NAM's core applies that FiLM where a layer is blended, and nowhere else.
        if (layer.gating == Gating::blended && at(FilmPlace::layer1x1_post)) {
            const Part beside = add_signal(through.rows);
            convolve(layer1x1, a, beside);
            add(Kind::add, next, through);
            add(Kind::add, next, film(FilmPlace::layer1x1_post, beside, condition)).begins = false;
        } else if (layer1x1.groups == 1) {
            convolve(layer1x1, a, next);
            tape_.operations.back().plus = through;
        } else {
            add(Kind::add, next, through);
            convolve(layer1x1, a, next, false);
        }
        return next;
    }

    Tape tape_;
    int pass_ = 0;
    std::array<std::optional<Weights>, tonecast::wavenet::film_places> films_;
    std::array<int, tonecast::wavenet::film_places> film_rows_{};
};

} // namespace

Tape record(const WaveNet& network) {
    return Recorder{}.record(network);
}

} // namespace tonecast::training::wavenet
