#include "engine/families/wavenet/plan/layer_filters.h"
#include "engine/families/wavenet/plan/planners.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tonecast::wavenet {

namespace {

class WaveNetPlanner {
public:
    WaveNetPlanner(const WaveNet& network, std::string prefix, WeightSource& weights,
                   PlanBuilder& builder)
        : network_(network), prefix_(std::move(prefix)), weights_(weights), builder_(builder) {}

    Signal plan(const Signal& input) {
        condition_ = network_.condition ? WaveNetPlanner(*network_.condition,
                                                         prefix_ + "condition.", weights_, builder_)
                                              .plan(input)
                                        : input;
        add_work();
        Signal through = input;
        Signal sum = add_sum(network_.arrays.front(), 0);
        for (std::size_t a = 0; a + 1 < network_.arrays.size(); ++a) {
            const LayerArray& array = network_.arrays[a];
            plan_layers(array, a, through, work_.through[a % 2], sum);
            through = work_.through[a % 2];
            const Signal next = add_sum(network_.arrays[a + 1], a + 1);
            builder_.convolve(take_head(array, a), sum, array.head.dilation, next);
            sum = next;
        }
        const std::size_t last = network_.arrays.size() - 1;
        plan_layers(network_.arrays[last], last, through, {}, sum);
        return plan_end(network_.arrays[last], take_head(network_.arrays[last], last), sum);
    }

private:
    /// Signals that are used again and again; of the widest layer's rows, of which only those that
    /// are used are ever touched.
    struct Work {
        Signal film;
        Signal heard;
        Signal mixed;
        Signal convolved;
        Signal shaped;
        Signal beside; // a mixin, or what goes through a 1×1, until its FiLM
        Signal through[2];
        Signal sum[2];
    };

    void add_work() {
        int rows = 1;
        for (const LayerArray& array : network_.arrays)
            rows = std::max({rows, array.condition_size, array.channels, 2 * array.bottleneck,
                             array.head.out_channels,
                             array.head1x1 ? array.head1x1->out_channels : 1});
        work_.film = builder_.add_signal(2 * rows);
        for (Signal* signal :
             {&work_.heard, &work_.mixed, &work_.convolved, &work_.shaped, &work_.beside,
              &work_.through[0], &work_.through[1], &work_.sum[0], &work_.sum[1]})
            *signal = builder_.add_signal(rows);
    }

    std::string array_name(std::size_t a) const {
        return prefix_ + "arrays." + std::to_string(a) + ".";
    }

    /// What an array's layers add up, and its head hears.
    Signal add_sum(const LayerArray& array, std::size_t a) {
        const int rows = array.head1x1 ? array.head1x1->out_channels : array.bottleneck;
        return array.head.kernel_size > 1
                   ? builder_.add_ring(rows, array.head.kernel_size, array.head.dilation)
                   : work_.sum[a % 2];
    }

    Filter take_head(const LayerArray& array, std::size_t a) {
        return take_filter(weights_, array_name(a) + "head", array.head.out_channels,
                           array.head1x1 ? array.head1x1->out_channels : array.bottleneck,
                           array.head.kernel_size, 1, array.head.bias);
    }

    /// Where a layer's convolution looks for its input: straight in a ring, if that is what the
    /// layer before gives.
    Signal add_input(const LayerArray& array, const Layer& layer, std::size_t a) {
        return layer.kernel_size > 1 && !film_at(array, FilmPlace::conv_pre)
                   ? builder_.add_ring(array.channels, layer.kernel_size, layer.dilation)
                   : work_.through[a % 2];
    }

    static bool film_at(const LayerArray& array, FilmPlace place) {
        return array.films[static_cast<std::size_t>(place)].has_value();
    }

    /// `to` may be none: then nothing hears what goes through the array.
    void plan_layers(const LayerArray& array, std::size_t a, const Signal& from, const Signal& to,
                     const Signal& sum) {
        Signal through = add_input(array, array.layers.front(), a);
        builder_.convolve(take_filter(weights_, array_name(a) + "rechannel", array.channels,
                                      array.input_size, 1, 1, false),
                          from, 1, through);
        for (std::size_t l = 0; l < array.layers.size(); ++l) {
            const Layer& layer = array.layers[l];
            const bool last = l + 1 == array.layers.size();
            const Signal next = last ? to : add_input(array, array.layers[l + 1], a);
            const LayerFilters filters = take_layer(
                weights_, array, layer, array_name(a) + "layers." + std::to_string(l) + ".");
            plan_convolution(array, layer, filters, through);
            const Signal out = plan_activation(array, layer, filters);
            plan_sum(array, filters, out, sum, a == 0 && l == 0);
            if (next.exists())
                plan_residual(array, layer, filters, out, through, next);
            through = next;
        }
    }

    /// `to` = FiLM of `from`, + added.
    void plan_film(const LayerFilters& filters, FilmPlace place, int rows, const Signal& from,
                   const Signal& to, const Signal& added = {}) {
        const std::optional<Filter>& filter = filters.films[static_cast<std::size_t>(place)];
        if (!filter)
            return;
        builder_.convolve(*filter, condition_, 1, work_.film);
        const Signal shifts = filter->outs > rows ? work_.film.from_row(rows) : Signal{};
        builder_.modulate({from, work_.film, shifts, added, to, rows});
    }

    void plan_convolution(const LayerArray& array, const Layer& layer, const LayerFilters& filters,
                          const Signal& through) {
        const int rows = filters.conv.outs;
        const Signal& to = work_.convolved;
        Signal heard = through;
        if (film_at(array, FilmPlace::conv_pre)) {
            heard = layer.kernel_size > 1
                        ? builder_.add_ring(array.channels, layer.kernel_size, layer.dilation)
                        : work_.heard;
            plan_film(filters, FilmPlace::conv_pre, array.channels, through, heard);
        }
        Signal mixed = condition_;
        if (film_at(array, FilmPlace::mixin_pre)) {
            mixed = work_.mixed;
            plan_film(filters, FilmPlace::mixin_pre, array.condition_size, condition_, mixed);
        }
        const bool mixin_post = film_at(array, FilmPlace::mixin_post);
        if (!film_at(array, FilmPlace::conv_post) && !mixin_post) {
            builder_.convolve(filters.conv, heard, layer.dilation, to, {}, &filters.mixin, mixed);
            return;
        }
        builder_.convolve(filters.conv, heard, layer.dilation, to);
        plan_film(filters, FilmPlace::conv_post, rows, to, to);
        if (mixin_post) {
            builder_.convolve(filters.mixin, mixed, 1, work_.beside);
            plan_film(filters, FilmPlace::mixin_post, rows, work_.beside, to, to);
        } else {
            builder_.convolve(filters.mixin, mixed, 1, to, to);
        }
    }

    Signal plan_activation(const LayerArray& array, const Layer& layer,
                           const LayerFilters& filters) {
        const int rows = array.bottleneck;
        const Signal& z = work_.convolved;
        plan_film(filters, FilmPlace::activation_pre, filters.conv.outs, z, z);
        Signal out = z;
        if (layer.gating == Gating::none) {
            builder_.shape(layer.activation, z, z, rows);
        } else {
            const Signal gate = z.from_row(rows);
            out = work_.shaped;
            builder_.shape(layer.gate_activation, gate, gate, rows);
            builder_.shape(layer.activation, z, out, rows);
            builder_.gate({z, out, gate, out, layer.gating == Gating::blended, rows});
        }
        plan_film(filters, FilmPlace::activation_post, rows, out, out);
        return out;
    }

    void plan_sum(const LayerArray& array, const LayerFilters& filters, const Signal& out,
                  const Signal& sum, bool begins) {
        const Signal before = begins ? Signal{} : sum;
        if (!array.head1x1) {
            builder_.add_to_sum(out, array.bottleneck, sum, begins);
        } else if (film_at(array, FilmPlace::head1x1_post)) {
            builder_.convolve(*filters.head1x1, out, 1, work_.beside);
            plan_film(filters, FilmPlace::head1x1_post, array.head1x1->out_channels, work_.beside,
                      sum, before);
        } else {
            builder_.convolve(*filters.head1x1, out, 1, sum, before);
        }
    }

    void plan_residual(const LayerArray& array, const Layer& layer, const LayerFilters& filters,
                       const Signal& out, const Signal& through, const Signal& next) {
        if (!array.layer1x1) {
            if (next != through)
                builder_.modulate({through, {}, {}, {}, next, array.channels});
        } else if (layer.gating == Gating::blended && film_at(array, FilmPlace::layer1x1_post)) {
            builder_.convolve(*filters.layer1x1, out, 1, work_.beside);
            plan_film(filters, FilmPlace::layer1x1_post, array.channels, work_.beside, next,
                      through);
        } else {
            builder_.pass_on(*filters.layer1x1, out, next, through);
        }
    }

    /// The last array's head, scaled, and what comes after it.
    Signal plan_end(const LayerArray& array, Filter head, const Signal& sum) {
        std::vector<Filter> post;
        int rows = array.head.out_channels;
        if (network_.head) {
            for (std::size_t j = 0; j < network_.head->convolutions.size(); ++j) {
                const PostHead::Convolution& convolution = network_.head->convolutions[j];
                post.push_back(take_filter(weights_, prefix_ + "head." + std::to_string(j),
                                           convolution.out_channels, rows, convolution.kernel_size,
                                           1, true));
                rows = convolution.out_channels;
            }
        }
        const float scale = weights_.take(prefix_ + "head_scale", {1}).front();
        for (std::vector<float>* const values : {&head.weights, &head.bias})
            for (float& value : *values)
                value *= scale;
        const auto add_output = [&](std::size_t j, int outs) {
            return j < post.size() && post[j].taps > 1 ? builder_.add_ring(outs, post[j].taps, 1)
                                                       : builder_.add_signal(outs);
        };
        Signal output = add_output(0, head.outs);
        builder_.convolve(head, sum, array.head.dilation, output);
        for (std::size_t j = 0; j < post.size(); ++j) {
            const Signal next = add_output(j + 1, post[j].outs);
            builder_.shape(network_.head->activation, output, output, post[j].ins);
            builder_.convolve(post[j], output, 1, next);
            output = next;
        }
        return output;
    }

    const WaveNet& network_;
    std::string prefix_;
    WeightSource& weights_;
    PlanBuilder& builder_;
    Signal condition_;
    Work work_;
};

} // namespace

Plan plan(const WaveNet& network, WeightSource& weights, PlanBuilder builder) {
    const Signal input = builder.add_signal(1 + network.conditions);
    const Signal output = WaveNetPlanner(network, "", weights, builder).plan(input);
    Plan made = builder.finish(input, output, receptive_field_samples(network), network.conditions);
    made.zero_padding = network.zero_padding;
    return made;
}

} // namespace tonecast::wavenet
