#pragma once

#include <memory>
#include <span>
#include <string>

namespace tonecast {

/// A causal network in one stream: n samples in, n samples out, at once. Several channels play the
/// same network, each with a state of its own.
class NetworkStream {
public:
    virtual ~NetworkStream() = default;

    /// Any thread, as long as process() is not under way. As if silence had been there for ever; no
    /// more than a copy of the state that silence has left. Neither allocates nor locks.
    virtual void reset() noexcept = 0;

    /// Audio thread. n ≥ 0 samples of each channel; in and out may be the same buffers.
    /// `conditions` are the network's further inputs, 0 to 1, constant over the n samples, as many
    /// as the network has. In the silence before a reset they stood in the middle. Neither
    /// allocates, locks, logs nor throws. However the stream is cut, the same bits.
    virtual void process(const float* const* in, std::span<const float> conditions,
                         float* const* out, int n) noexcept = 0;
};

/// The constants of a causal network, arranged for an instruction set. Loaded once, never changed,
/// shared by any number of streams on any threads.
class Network {
public:
    virtual ~Network() = default;

    /// Further inputs beside the sound: the knobs of a conditioned network.
    virtual int conditions() const noexcept { return 0; }

    /// How many samples of silence it takes until the state rests, at the network's rate.
    virtual int prewarm_samples() const noexcept = 0;

    /// As users call it: "avx512", …
    virtual std::string instruction_set() const = 0;

    /// Control thread. A stream that has been reset; throws Error. It keeps alive what it needs.
    virtual std::unique_ptr<NetworkStream> make_stream(int channels) const = 0;
};

} // namespace tonecast
