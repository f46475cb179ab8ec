#pragma once

#include "engine/chain/biquad.h"
#include "engine/signal/audio_buffer.h"
#include "engine/signal/control_value.h"

#include <array>
#include <vector>

namespace tonecast {

/// Bass, middle and treble behind a capture: a low shelf at 150 Hz, a peak at 425 Hz, narrower
/// where it cuts, and a high shelf at 1800 Hz, minimum phase and without latency. Frequencies and
/// qualities are those of Neural Amp Modeler's plugin, so that settings in dB carry over.
///
/// With all three at 0 dB samples pass bit for bit. Gains move on ramps: coefficients are computed
/// every `grid_samples` of the stream, wherever blocks begin, and move in straight lines between.
class ToneStack {
public:
    static constexpr double bass_hz = 150.0;
    static constexpr double middle_hz = 425.0;
    static constexpr double treble_hz = 1800.0;
    static constexpr double shelf_q = 0.707;
    static constexpr double middle_boost_q = 0.7;
    static constexpr double middle_cut_q = 1.5;
    static constexpr float max_gain_db = 12.0F; // and as much less
    static constexpr int grid_samples = 16;
    static constexpr double ramp_s = 0.02;

    /// Control thread, while process() is not running. Allocates; begins a new stream.
    void prepare(int sample_rate_hz, int channels);

    /// Any thread, while process() is not running: begins a new stream.
    void reset() noexcept;

    // Audio thread, at the start of a block: take what is set, ramped or, where a stream begins, at
    // once.
    void follow() noexcept;
    void jump() noexcept;

    /// Audio thread. Filters n samples of each channel; what is no audio becomes silence.
    void process(AudioBuffer& samples, int n) noexcept;

    // Any thread, at any time. Held within ±12 dB.
    ControlValue bass_db{0.0F, held};
    ControlValue middle_db{0.0F, held};
    ControlValue treble_db{0.0F, held};

private:
    /// One of the three.
    struct Band {
        BiquadDesign design;
        float gain_db = 0.0F;
        BiquadCoefficients now; // of the last sample
        BiquadCoefficients next;
        BiquadCoefficients step; // a sample
        bool moves = false;
        std::vector<Biquad> channels;
    };

    static float held(float db) noexcept;
    std::array<ControlValue*, 3> knobs() noexcept { return {&bass_db, &middle_db, &treble_db}; }
    BiquadCoefficients designed(std::size_t band, float gain_db) const noexcept;
    void begin_grid() noexcept;
    void process_run(AudioBuffer& samples, int at, int n) noexcept;
    bool rings() const noexcept;

    std::array<Band, 3> bands_;
    int grid_at_ = 0; // samples since the last point of the grid
    bool passes_through_ = true;
};

} // namespace tonecast
