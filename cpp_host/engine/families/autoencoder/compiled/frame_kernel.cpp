// Compiled once per instruction set, with TONECAST_SET as its name: see README.md.

#include "engine/families/autoencoder/frame_kernel.h"

#include "engine/families/autoencoder/compiled/direct_convolution.h"
#include "engine/families/autoencoder/compiled/fft_convolution.h"
#include "engine/families/autoencoder/compiled/latent_layers.h"
#include "engine/families/autoencoder/compiled/layout.h"
#include "engine/families/autoencoder/compiled/pack.h"
#include "engine/families/autoencoder/compiled/roofline.h"
#include "engine/families/autoencoder/compiled/synthesis.h"
#include "engine/families/autoencoder/compiled/transpose.h"
#include "engine/families/autoencoder/compiled/waveshaping.h"

#include <string.h>

namespace tonecast::kernels::TONECAST_SET {

namespace {

/// Takes the time between stages, where it is asked for.
class StageTimer {
public:
    explicit StageTimer(StageTimes* times) : times_(times) {
        if (times_ != nullptr)
            since_ns_ = times_->now_ns();
    }
    void end(Stage stage) {
        if (times_ == nullptr)
            return;
        const std::int64_t now_ns = times_->now_ns();
        times_->ns[static_cast<int>(stage)] += now_ns - since_ns_;
        since_ns_ = now_ns;
    }

private:
    StageTimes* times_;
    std::int64_t since_ns_ = 0;
};

void begin(const float* frame, Route route, const Twiddles& twiddles, Channel& channel,
           Scratch& s) {
    memcpy(channel.padded + margin, frame, frame_samples * sizeof(float));
    memset(channel.out, 0, sizeof channel.out);
    if (route == Route::fft)
        frame_spectrum(channel, s, twiddles);
}

/// Fills s.pooled, s.kept and s.place.
void envelope(const Packed& p, int group, Route route, const Channel& channel, Scratch& s,
              StageTimer& timer) {
    const CaePacked& cae = p.cae;
    if (route == Route::direct) {
        analyse(cae.filter_weights[group], cae.filter_bias[group], channel.padded, s.x1,
                s.magnitude);
        timer.end(Stage::analyse);
        smooth_and_pool(cae.smoothing_weights[group], cae.smoothing_bias[group],
                        Prefetcher(cae.local_weights[group][0][0][0]), s);
        timer.end(Stage::smooth);
        return;
    }
    filter_edges(cae.filter_weights[group], channel.padded, s);
    timer.end(Stage::edges);
    analyse(cae.filter_spectra[group], cae.filter_bias[group], channel, p.twiddles, s);
    timer.end(Stage::analyse);
    smooth(cae.smoothing_spectra[group], p.twiddles, s);
    timer.end(Stage::smooth);
    mend_edges(cae.smoothing_weights[group], s);
    timer.end(Stage::edges);
    pool_rows(cae.smoothing_bias[group], s);
    timer.end(Stage::pool_rows);
}

/// From the pooled envelopes to X̂1, in s.kept.
void gate(const CaePacked& cae, int group, Route route, Scratch& s, StageTimer& timer) {
    softplus_rows(s.pooled, quiet_gate);
    timer.end(Stage::softplus);
    if (route == Route::direct)
        local_dense(cae.local_weights[group], cae.local_bias[group], s.pooled, s.hidden);
    else
        local_dense(cae.local_pairs[group], cae.local_scale[group], cae.local_bias[group], s.pooled,
                    s.hidden);
    timer.end(Stage::local_dense);
    softplus_rows(s.hidden, quiet_gate);
    timer.end(Stage::softplus);
    shared_dense(cae.shared_weights, cae.shared_bias, s.hidden, s.pooled);
    timer.end(Stage::shared_dense);
    softplus_rows(s.pooled, 0.0F);
    for (int i = 0; i < latent; ++i)
        store(s.kept[i], load(s.kept[i]) * load(s.pooled[i]));
    timer.end(Stage::softplus);
}

/// Keeps X̂1 until all rows of it are there.
void keep_gated(int group, const Scratch& s, Channel& channel) {
    for (int i = 0; i < latent; ++i) {
        memcpy(channel.gated[i] + group * lanes, s.kept[i], sizeof s.kept[i]);
        memcpy(channel.place[i] + group * lanes, s.place[i], sizeof s.place[i]);
    }
}

void shape_and_synthesise(const CafxPacked& p, Channel& channel, Scratch& s, StageTimer& timer) {
    for (int block = 0; block < frame_samples / block_points; ++block) {
        first_dense(p, channel, block, s);
        timer.end(Stage::first_dense);
        activate(p.softplus, s.features);
        timer.end(Stage::activate);
        multiply<block_points, wide, narrow>(
            {s.features[0], wide, 1, p.second[0], s.narrow_one[0], narrow, nullptr, p.second_bias});
        timer.end(Stage::other_dense);
        activate(p.softplus, s.narrow_one);
        timer.end(Stage::activate);
        multiply<block_points, narrow, narrow>({s.narrow_one[0], narrow, 1, p.third[0],
                                                s.narrow_two[0], narrow, nullptr, p.third_bias});
        timer.end(Stage::other_dense);
        activate(p.softplus, s.narrow_two);
        timer.end(Stage::activate);
        transpose(s.narrow_two, s.transposed);
        timer.end(Stage::transpose);
        multiply<wide, narrow, block_points>({p.fourth[0], 1, wide, s.transposed[0], s.shaped[0],
                                              block_points, p.fourth_bias, nullptr});
        timer.end(Stage::other_dense);
        shape(p, s.shaped);
        timer.end(Stage::shape);
        multiply<filter_taps, wide, block_points>({p.filter_weights[0], 1, filter_taps, s.shaped[0],
                                                   s.products[0] + lanes, padded_block, p.no_bias,
                                                   nullptr});
        add_diagonally(s.products, channel.out + margin - filter_reach + block * block_points);
        timer.end(Stage::synthesise_dense);
    }
}

/// Groups on the outside: while one is in the cache, its weights serve all channels.
void run(const void* packed, void* scratch, void* per_channel, int channels, Route route,
         const float* frame, float* frame_out, StageTimes* times) {
    const Packed& p = *static_cast<const Packed*>(packed);
    Scratch& s = *static_cast<Scratch*>(scratch);
    Channel* const all_channels = static_cast<Channel*>(per_channel);
    StageTimer timer(times);
    for (int c = 0; c < channels; ++c)
        begin(frame + c * frame_samples, route, p.twiddles, all_channels[c], s);
    timer.end(Stage::prepare_frame);
    for (int group = 0; group < groups; ++group) {
        for (int c = 0; c < channels; ++c) {
            Channel& channel = all_channels[c];
            envelope(p, group, route, channel, s, timer);
            gate(p.cae, group, route, s, timer);
            if (p.is_cafx)
                keep_gated(group, s, channel);
            else
                synthesise(s.kept, s.place, p.cae.widened_filters + group * lanes, channel.out);
            timer.end(Stage::synthesise);
        }
    }
    for (int c = 0; c < channels; ++c) {
        if (p.is_cafx)
            shape_and_synthesise(p.cafx, all_channels[c], s, timer);
        memcpy(frame_out + c * frame_samples, all_channels[c].out + margin,
               frame_samples * sizeof(float));
    }
}

void pack(const Weights& weights, void* packed) {
    Packed& p = *static_cast<Packed*>(packed);
    pack_twiddles(p.twiddles);
    pack_cae(weights, p.cae);
    p.is_cafx = weights.dense[0] != nullptr;
    if (p.is_cafx)
        pack_cafx(weights, p.cafx);
}

} // namespace

#define TONECAST_TEXT_OF(name) #name
#define TONECAST_TEXT(name) TONECAST_TEXT_OF(name)

extern const FrameKernel kernel;
const FrameKernel kernel{
    TONECAST_TEXT(TONECAST_SET), sizeof(Packed),   sizeof(Scratch), sizeof(Channel), pack, run,
    2 * lanes * chains,          multiply_and_add, read_through};

} // namespace tonecast::kernels::TONECAST_SET
