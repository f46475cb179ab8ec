#include "engine/onnxruntime/fork_gate.h"

#include <atomic>
#include <chrono>
#include <pthread.h>
#include <thread>

namespace tonecast {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds patience{2};
constexpr std::chrono::microseconds pause{50};

std::atomic<int> threads_inside{0};
std::atomic<int> forks{0}; // that are about to happen

void before_fork() {
    forks.fetch_add(1);
    const auto until = steady_clock::now() + patience;
    while (threads_inside.load() > 0 && steady_clock::now() < until)
        std::this_thread::sleep_for(pause);
}

void after_fork_in_parent() {
    forks.fetch_sub(1);
    forks.notify_all();
}

void after_fork_in_child() {
    threads_inside.store(0);
    forks.store(0);
}

} // namespace

InsideOnnxRuntime::InsideOnnxRuntime() noexcept {
    for (;;) {
        threads_inside.fetch_add(1);
        const int awaited = forks.load();
        if (awaited == 0)
            return;
        threads_inside.fetch_sub(1);
        forks.wait(awaited);
    }
}

InsideOnnxRuntime::~InsideOnnxRuntime() {
    threads_inside.fetch_sub(1);
}

void let_forks_wait() {
    pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child);
}

} // namespace tonecast
