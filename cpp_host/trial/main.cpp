// The process that engine/trial/trial.h speaks of: opens an effect file or a capture, plays a
// second of sound with it, and says in one line how that went.
//
//     tonecast-trial ONNXRUNTIME FILE SAMPLE_RATE_HZ

#include "engine/captures/capture.h"
#include "engine/error.h"
#include "engine/onnxruntime/ort_library.h"
#include "engine/trial/limits.h"
#include "engine/trial/play_once.h"
#include "engine/trial/trial.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

namespace {

std::string try_out(const char* onnxruntime, const char* path, int sample_rate_hz) {
    const std::string refused = tonecast::trial_refused;
    const std::string name = std::string(path) + ": "; // the caller puts it in front itself
    try {
        tonecast::OrtLibrary::load(onnxruntime);
        const auto model = tonecast::open_model(path);
        tonecast::play_once(model, sample_rate_hz, sample_rate_hz);
        return tonecast::trial_passed;
    } catch (const tonecast::Error& error) {
        const std::string reason = error.what();
        return refused + (reason.starts_with(name) ? reason.substr(name.size()) : reason);
    } catch (const std::exception& error) {
        return refused + error.what();
    }
}

/// No destructors: they are of no use, and ONNX Runtime has some.
[[noreturn]] void end() {
    std::fflush(stdout);
    std::_Exit(0);
}

/// Where memory ends ONNX Runtime often does, too, before it could say why.
[[noreturn]] void refuse_for_memory() {
    std::printf("%sit needs more than %d MiB of memory\n", tonecast::trial_refused,
                static_cast<int>(tonecast::trial_memory_bytes >> 20));
    end();
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4)
        return std::fprintf(stderr, "tonecast-trial ONNXRUNTIME FILE SAMPLE_RATE_HZ\n"), 2;
    tonecast::limit_resources();
    std::set_new_handler(refuse_for_memory);
    std::printf("%s\n", try_out(argv[1], argv[2], std::atoi(argv[3])).c_str());
    end();
}
