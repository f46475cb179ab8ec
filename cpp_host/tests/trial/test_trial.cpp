#include "engine/error.h"
#include "engine/trial/child_process.h"
#include "engine/trial/trial.h"
#include "tests/check.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

constexpr auto long_enough = 60s; // on any machine

tonecast::ChildResult shell(const char* script, std::chrono::milliseconds at_most = long_enough) {
    return tonecast::run_child({"/bin/sh", "-c", script}, at_most);
}

} // namespace

TEST(what_a_child_writes_is_read_to_its_end) {
    const auto child = shell("echo played");
    CHECK(child.output == "played\n");
    CHECK(child.signal == 0 && !child.timed_out);
}

TEST(what_a_child_died_of_is_known) {
    const auto child = shell("echo half; kill -SEGV $$; echo whole");
    CHECK(child.output == "half\n");
    CHECK(child.signal == SIGSEGV && !child.timed_out);
}

TEST(a_child_that_takes_too_long_is_killed) {
    const auto child = shell("exec sleep 1000", 50ms);
    CHECK(child.timed_out && child.signal == SIGKILL);
}

TEST(a_child_that_closes_its_output_and_goes_on_is_waited_for) {
    const auto child = shell("exec >&-; kill -TERM $$");
    CHECK(child.signal == SIGTERM && !child.timed_out);
}

TEST(a_child_that_never_stops_talking_fills_no_memory) {
    const auto child = shell("yes | head -c 1000000");
    CHECK(child.output.size() == 65536);
}

TEST(a_program_that_is_missing_is_named) {
    CHECK_THROWS_WITH(tonecast::run_child({"/no/such/program"}, 1s),
                      "/no/such/program cannot be started: No such file");
}

TEST(the_files_of_a_host_stay_its_own) {
    const int open_file = fcntl(STDERR_FILENO, F_DUPFD, 9);
    CHECK(open_file == 9);
    CHECK(shell("(echo >&9) 2>&- && echo inherited").output.empty());
    close(open_file);
}

TEST(signals_that_a_host_blocks_or_ignores_end_a_child_all_the_same) {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGXCPU);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    CHECK(shell("kill -XCPU $$; echo survived").signal == SIGXCPU);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const auto handler = std::signal(SIGXCPU, SIG_IGN);
    CHECK(shell("kill -XCPU $$; echo survived").signal == SIGXCPU);
    std::signal(SIGXCPU, handler);
}

TEST(a_host_that_awaits_no_children_gets_the_answer) {
    const auto handler = std::signal(SIGCHLD, SIG_IGN);
    CHECK(shell("echo played").output == "played\n");
    std::signal(SIGCHLD, handler);
}

TEST(a_file_passes_only_if_it_was_played) {
    using tonecast::try_in_child;
    CHECK_THROWS_WITH(try_in_child({"/no/trial", "lib.so"}, "a.onnx", 48000),
                      "/no/trial: the program that tries out effect files is missing");
    CHECK_THROWS_WITH(try_in_child({"/bin/false", "lib.so"}, "a.onnx", 48000),
                      "a.onnx: it ends the process that plays it; do not use it");
    CHECK_THROWS_WITH(try_in_child({"/bin/echo", "played"}, "a.onnx", 48000), "a.onnx: it ends");
}
