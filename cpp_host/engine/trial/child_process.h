#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace tonecast {

/// How a child process ended.
struct ChildResult {
    std::string output; // what it wrote to its standard output, at most 64 KiB of it
    bool timed_out = false;
    int signal = 0; // that ended it; 0 where it ended by itself, or where the host took the answer
};

/// Runs a program, `command` being its path and its arguments, and waits until it has ended, at
/// most so long; then it is killed. It gets this process's environment and no open file but the
/// standard ones. Throws Error where it cannot be started.
///
/// All that starts and awaits processes is behind this function: another operating system needs
/// another child_process.cpp, and its own limits.cpp.
ChildResult run_child(const std::vector<std::string>& command, std::chrono::milliseconds at_most);

} // namespace tonecast
