#include "engine/trial/trial.h"

#include "engine/error.h"
#include "engine/trial/child_process.h"
#include "engine/trial/limits.h"

#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

namespace tonecast {

namespace {

constexpr std::chrono::seconds at_most{3 * trial_cpu_s}; // on a machine that does other things, too

std::string took_too_long() {
    return "opening it and playing a second of sound takes more than " +
           std::to_string(trial_cpu_s) + " s";
}

std::string why_it_failed(const ChildResult& child) {
    const std::string_view refusal = trial_refused;
    if (child.output.starts_with(refusal))
        return child.output.substr(refusal.size(), child.output.find('\n') - refusal.size());
    if (child.timed_out || child.signal == SIGXCPU)
        return took_too_long();
    const std::string how =
        child.signal == 0 ? "" : std::string(" (") + strsignal(child.signal) + ")";
    return "it ends the process that plays it" + how + "; do not use it";
}

} // namespace

void try_in_child(const TrialPrograms& programs, const std::filesystem::path& file,
                  int sample_rate_hz) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(programs.trial, error))
        throw Error(programs.trial.string() +
                    ": the program that tries out effect files is missing; install tonecast again");
    const auto child = run_child({programs.trial.string(), programs.onnxruntime.string(),
                                  file.string(), std::to_string(sample_rate_hz)},
                                 at_most);
    if (child.output != std::string(trial_passed) + "\n")
        throw Error(file.string() + ": " + why_it_failed(child));
}

} // namespace tonecast
