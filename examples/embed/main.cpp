// Plays an effect file on stereo samples from standard input: 32-bit floats, left and right in
// turn.
//
//     embed EFFECT.onnx LIBONNXRUNTIME < in.raw > out.raw
//
// `sox in.wav -t raw -e float -b 32 -r 48000 -c 2 -` makes such a stream.

#include <tonecast/tonecast.h>

#include <array>
#include <cstdio>
#include <exception>

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: embed EFFECT.onnx LIBONNXRUNTIME < in.raw > out.raw\n", stderr);
        return 2;
    }
    try {
        // Whatever can fail or allocate comes first …
        tonecast::OrtLibrary::load(arguments[2]);
        tonecast::Engine engine(tonecast::load_model(tonecast::read_effect_file(arguments[1])));
        engine.prepare({.sample_rate_hz = 48000, .channels = 2});
        std::fprintf(stderr, "latency: %d samples\n", engine.latency_samples());

        // … then blocks of any length are played: nothing from here on allocates, locks or throws.
        std::array<float, 2 * 256> interleaved{};
        std::array<float, 256> left{};
        std::array<float, 256> right{};
        const std::array<float*, 2> block{left.data(), right.data()};
        while (const auto n = std::fread(interleaved.data(), 2 * sizeof(float), 256, stdin)) {
            for (std::size_t i = 0; i < n; ++i) {
                left[i] = interleaved[2 * i];
                right[i] = interleaved[2 * i + 1];
            }
            engine.process(block.data(), block.data(), static_cast<int>(n));
            for (std::size_t i = 0; i < n; ++i) {
                interleaved[2 * i] = left[i];
                interleaved[2 * i + 1] = right[i];
            }
            std::fwrite(interleaved.data(), 2 * sizeof(float), n, stdout);
        }
    } catch (const std::exception& error) { // tonecast::Error says in one line what is wrong
        std::fprintf(stderr, "embed: %s\n", error.what());
        return 1;
    }
}
