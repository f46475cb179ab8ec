#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace tonecast {

/// Runs `work()` on a thread of its own; it ends soon after `stop()`.
///
/// Where it does not end, because a model never returns from a frame, nothing can end it from
/// outside. The destructor then waits for two seconds and leaves the thread behind, which still
/// owns what it works on: that is freed when it ends after all, or never.
template <typename Worker>
class OwnThread {
public:
    explicit OwnThread(std::shared_ptr<Worker> worker) : worker_(std::move(worker)) {
        std::promise<void> end;
        ended_ = end.get_future();
        thread_ = std::thread([worker = worker_, end = std::move(end)]() mutable {
            worker->work();
            worker.reset();
            end.set_value();
        });
    }
    OwnThread(const OwnThread&) = delete;
    OwnThread& operator=(const OwnThread&) = delete;

    ~OwnThread() {
        worker_->stop();
        worker_.reset(); // so that it is the thread that frees what may be in use
        if (ended_.wait_for(patience) == std::future_status::ready)
            thread_.join();
        else
            thread_.detach();
    }

    Worker* worker() const noexcept { return worker_.get(); }

private:
    static constexpr std::chrono::seconds patience{2};

    std::shared_ptr<Worker> worker_;
    std::future<void> ended_;
    std::thread thread_;
};

/// The worker. Its thread runs as long as the returned pointer, or a copy of it, exists.
template <typename Worker>
std::shared_ptr<Worker> on_own_thread(std::shared_ptr<Worker> worker) {
    const auto thread = std::make_shared<OwnThread<Worker>>(std::move(worker));
    return {thread, thread->worker()};
}

} // namespace tonecast
