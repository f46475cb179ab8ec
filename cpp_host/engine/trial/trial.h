#pragma once

#include <filesystem>

namespace tonecast {

/// The files that a trial needs, whose places the front end knows.
struct TrialPrograms {
    std::filesystem::path trial; // tonecast-trial
    std::filesystem::path onnxruntime;
};

/// Has another process open an effect file and play a second of sound with it, in little memory and
/// time (limits.h): what a file from a stranger may do to a process, it does to that one. Throws
/// Error: what is wrong with the file, or that it ends the process or needs too much.
///
/// Control thread: it takes as long as starting a program, loading ONNX Runtime and playing a
/// second do.
void try_in_child(const TrialPrograms& programs, const std::filesystem::path& file,
                  int sample_rate_hz);

/// What the other process answers, in one line.
inline constexpr auto trial_passed = "played";
inline constexpr auto trial_refused = "refused: "; // followed by the reason

} // namespace tonecast
