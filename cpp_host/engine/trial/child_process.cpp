#include "engine/trial/child_process.h"

#include "engine/error.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT: POSIX declares it nowhere

namespace tonecast {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_output_bytes = std::size_t{64} << 10;

/// An open file of this process, which no other child inherits.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {
        if (number >= 0)
            fcntl(number, F_SETFD, FD_CLOEXEC);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    int number() const { return number_; }
    void close() {
        if (number_ >= 0)
            ::close(number_);
        number_ = -1;
    }

private:
    int number_;
};

struct FileActions {
    FileActions() { posix_spawn_file_actions_init(&actions); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions); }
    posix_spawn_file_actions_t actions{};
};

struct Attributes {
    Attributes() { posix_spawnattr_init(&attributes); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes); }
    posix_spawnattr_t attributes{};
};

/// Its output goes to `out`; it reads nothing and its complaints go nowhere. Hosts block signals in
/// some of their threads, which the child must not inherit: a limit ends it by one.
pid_t start(const std::vector<std::string>& command, int out) {
    FileActions files;
    posix_spawn_file_actions_addopen(&files.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files.actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    // A host's other files and sockets are none of its business.
    posix_spawn_file_actions_addclosefrom_np(&files.actions, STDERR_FILENO + 1);
#endif
    Attributes attributes;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes.attributes, &none);
    posix_spawnattr_setsigdefault(&attributes.attributes, &all);
    posix_spawnattr_setflags(&attributes.attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failure = posix_spawn(&child, arguments[0], &files.actions, &attributes.attributes,
                                    arguments.data(), environ);
    if (failure != 0)
        throw Error(command[0] + " cannot be started: " + std::strerror(failure));
    return child;
}

/// Until the child has closed its output, which it does at its end. False where that took longer.
bool read_all(int from, Clock::time_point until, std::string& output) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        pollfd waiting{.fd = from, .events = POLLIN, .revents = 0};
        const int ready = poll(&waiting, 1, static_cast<int>(std::max(left.count(), {})));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        char piece[4096];
        const ssize_t count = read(from, piece, sizeof(piece));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return true;
        const auto room = most_output_bytes - output.size();
        output.append(piece, std::min(static_cast<std::size_t>(count), room));
    }
}

} // namespace

ChildResult run_child(const std::vector<std::string>& command, std::chrono::milliseconds at_most) {
    int ends[2];
    if (pipe(ends) != 0)
        throw Error(std::string("no other process can be spoken to: ") + std::strerror(errno));
    Descriptor from(ends[0]);
    Descriptor to(ends[1]);
    const pid_t child = start(command, to.number());
    to.close();

    ChildResult result;
    result.timed_out = !read_all(from.number(), Clock::now() + at_most, result.output);
    if (result.timed_out)
        kill(child, SIGKILL);
    int status = 0;
    pid_t ended = 0;
    do
        ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    // Some hosts let the system take the answers of all their children: then there is none here.
    if (ended == child && WIFSIGNALED(status))
        result.signal = WTERMSIG(status);
    return result;
}

} // namespace tonecast
