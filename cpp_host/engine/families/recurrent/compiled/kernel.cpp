// Compiled once per instruction set, with TONECAST_SET as its name: see README.md.

#include "engine/families/recurrent/kernel.h"

#include "engine/families/recurrent/compiled/cells.h"
#include "engine/families/recurrent/compiled/dense.h"

namespace tonecast::recurrent::TONECAST_SET {

namespace {

/// A layer's chunk, and where it stands.
struct Chunk {
    const LayerPlan& layer;
    const float* weights;
    Rows in;
    Rows out;
    float* state;
    std::ptrdiff_t channel_state_floats;
    int copies;
    int phase;
    int samples;

    const float* in_row(int channel, int t) const {
        return in.first + channel * in.channel_floats + t * in.row_floats;
    }
    float* out_row(int channel, int t) const {
        return out.first + channel * out.channel_floats + t * out.row_floats;
    }
    float* hidden(int channel, int copy) const {
        return state + channel * channel_state_floats + copy * layer.vectors * lanes;
    }
    float* cell(int channel, int copy) const { return hidden(channel, copies + copy); }
};

/// Of a tile's hidden states, as many as its weights are for: see chains.
template <int vectors>
TONECAST_INLINE int summed_cells(const LayerPlan& layer) {
    return chains<vectors> == 2 ? (layer.outs + 1) / 2 * 2 : layer.outs;
}

/// How many floats a tile's weights take.
template <int vectors>
TONECAST_INLINE int tile_floats(const LayerPlan& layer) {
    const int products = layer.ins + summed_cells<vectors>(layer);
    const int rows = layer.step == Step::lstm ? 4 * (1 + products) : 3 * (2 + products);
    return rows * vectors * lanes;
}

/// One sample of one tile, of `channels` from `first` on. A tile that is the whole layer may change
/// the state itself.
template <int vectors, int channels, bool is_whole>
TONECAST_INLINE void play_tile(const Chunk& chunk, const float* weights, int first, int tile, int t,
                               int copy) {
    Place places[channels];
    TONECAST_UNROLL
    for (int c = 0; c < channels; ++c) {
        float* const hidden = chunk.hidden(first + c, copy);
        places[c] = {chunk.in_row(first + c, t), hidden, chunk.cell(first + c, copy) + tile,
                     chunk.out_row(first + c, t) + tile, is_whole ? hidden : nullptr};
    }
    const int cells = summed_cells<vectors>(chunk.layer);
    if (chunk.layer.step == Step::lstm)
        lstm<vectors, channels>(weights, chunk.layer.ins, cells, places);
    else
        gru<vectors, channels>(weights, chunk.layer.ins, cells, tile, places);
}

/// A layer of a single tile.
template <int vectors, int channels>
void play_one_tile(const Chunk& chunk, int first) {
    int copy = chunk.phase;
    for (int t = 0; t < chunk.samples; ++t) {
        play_tile<vectors, channels, true>(chunk, chunk.weights, first, 0, t, copy);
        copy = copy + 1 < chunk.copies ? copy + 1 : 0;
    }
}

/// What a sample's tiles give becomes the state once all of them have used the one before.
TONECAST_INLINE void keep(const Chunk& chunk, int channel, int t, int copy) {
    for (int v = 0; v < chunk.layer.vectors; ++v)
        store(chunk.hidden(channel, copy) + v * lanes, load(chunk.out_row(channel, t) + v * lanes));
}

template <int vectors, int channels>
TONECAST_INLINE void play_next_tile(const Chunk& chunk, const float*& weights, int first, int& v,
                                    int t, int copy) {
    play_tile<vectors, channels, false>(chunk, weights, first, v * lanes, t, copy);
    weights += tile_floats<vectors>(chunk.layer);
    v += vectors;
}

/// A layer of several.
template <int channels>
void play_tiles(const Chunk& chunk, int first) {
    int copy = chunk.phase;
    for (int t = 0; t < chunk.samples; ++t) {
        const float* weights = chunk.weights;
        for (int v = 0; v < chunk.layer.vectors;)
            if (chunk.layer.vectors - v >= 2)
                play_next_tile<2, channels>(chunk, weights, first, v, t, copy);
            else
                play_next_tile<1, channels>(chunk, weights, first, v, t, copy);
        for (int c = first; c < first + channels; ++c)
            keep(chunk, c, t, copy);
        copy = copy + 1 < chunk.copies ? copy + 1 : 0;
    }
}

template <int vectors>
void play_one_tile(const Chunk& chunk, int channels) {
    constexpr bool in_pairs = vectors == 1 || (vectors == 2 && registers == 32);
    int c = 0;
    if constexpr (in_pairs) // where the sums of two channels fit the registers
        for (; c + 1 < channels; c += 2)
            play_one_tile<vectors, 2>(chunk, c);
    for (; c < channels; ++c)
        play_one_tile<vectors, 1>(chunk, c);
}

/// Whether its weights are more than the nearest cache of any usual machine holds: then a sample
/// waits for them, and two channels share them.
bool is_wide(const LayerPlan& layer) {
    constexpr std::ptrdiff_t cache_bytes = 48 << 10;
    const std::ptrdiff_t gates = layer.step == Step::lstm ? 4 : 3;
    return gates * (layer.ins + layer.outs) * layer.vectors * std::ptrdiff_t{sizeof(Vec)} >
           cache_bytes;
}

void play_cells(const Chunk& chunk, int channels) {
    if (chunk.layer.vectors == 1)
        return play_one_tile<1>(chunk, channels);
    if (chunk.layer.vectors == 2)
        return play_one_tile<2>(chunk, channels);
    int c = 0;
    if (is_wide(chunk.layer))
        for (; c + 1 < channels; c += 2)
            play_tiles<2>(chunk, c);
    for (; c < channels; ++c)
        play_tiles<1>(chunk, c);
}

void play_dense(const Chunk& chunk, int channel) {
    for (int t = 0; t < chunk.samples; ++t)
        if (chunk.layer.outs == 1)
            dot(chunk.layer, chunk.weights, chunk.in_row(channel, t), chunk.out_row(channel, t));
        else
            dense(chunk.layer, chunk.weights, chunk.in_row(channel, t), chunk.out_row(channel, t));
}

void run(const LayerPlan& layer, const float* weights, Rows in, Rows out, float* state,
         std::ptrdiff_t channel_state_floats, int channels, int copies, int phase, int samples) {
    const Chunk chunk{layer,
                      weights + layer.weights,
                      in,
                      out,
                      state + layer.state,
                      channel_state_floats,
                      copies,
                      phase,
                      samples};
    if (layer.step != Step::dense)
        return play_cells(chunk, channels);
    for (int c = 0; c < channels; ++c)
        play_dense(chunk, c);
}

} // namespace

#define TONECAST_TEXT_OF(name) #name
#define TONECAST_TEXT(name) TONECAST_TEXT_OF(name)

extern const Kernel kernel;
const Kernel kernel{TONECAST_TEXT(TONECAST_SET), lanes, run};

} // namespace tonecast::recurrent::TONECAST_SET
