#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tonecast {

/// What moved a control by itself, at one instant of the stream.
struct AutomationPoint {
    double time_s = 0.0;    // of the input
    float predicted = 0.0F; // what is followed from now on
    float applied = 0.0F;   // how far that has come
};

/// The last points: the audio thread adds, any thread reads, and neither waits.
class AutomationTrace {
public:
    /// Room for half an hour and more at ten points a second.
    explicit AutomationTrace(std::size_t capacity = std::size_t{1} << 15U) : entries_(capacity) {}

    // Audio thread.
    void reset() noexcept { begins_at_.store(added(), std::memory_order_release); }

    void add(const AutomationPoint& point) noexcept {
        const std::uint64_t index = added();
        Entry& entry = entries_[index % entries_.size()];
        // Released each: a thread that reads one also sees that the entry is no longer the old.
        entry.time_s.store(point.time_s, std::memory_order_release);
        entry.predicted.store(point.predicted, std::memory_order_release);
        entry.applied.store(point.applied, std::memory_order_release);
        added_.store(index + 1, std::memory_order_release);
    }

    // Any thread.

    /// Since reset(), as many of the last ones as there is room for, oldest first.
    std::vector<AutomationPoint> read() const {
        const std::uint64_t end = added_.load(std::memory_order_acquire);
        std::uint64_t from = std::max(begins_at_.load(std::memory_order_acquire), oldest(end));
        std::vector<AutomationPoint> points;
        points.reserve(static_cast<std::size_t>(end - std::min(from, end)));
        for (std::uint64_t index = from; index < end; ++index)
            points.push_back(load(index));
        // What was overwritten meanwhile is inconsistent.
        const std::uint64_t torn = std::max(from, oldest(added_.load(std::memory_order_acquire)));
        const auto gone = std::min<std::uint64_t>(torn - from, points.size());
        points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(gone));
        return points;
    }

    /// The last one.
    std::optional<AutomationPoint> last() const noexcept {
        for (;;) {
            const std::uint64_t end = added_.load(std::memory_order_acquire);
            if (end <= begins_at_.load(std::memory_order_acquire))
                return {};
            const AutomationPoint point = load(end - 1);
            if (oldest(added_.load(std::memory_order_acquire)) < end)
                return point;
        }
    }

private:
    struct Entry {
        std::atomic<double> time_s{0.0};
        std::atomic<float> predicted{0.0F};
        std::atomic<float> applied{0.0F};
    };

    std::uint64_t added() const noexcept { return added_.load(std::memory_order_relaxed); }

    /// The one after it may be being overwritten.
    std::uint64_t oldest(std::uint64_t end) const noexcept {
        return end < entries_.size() ? 0 : end - entries_.size() + 1;
    }

    AutomationPoint load(std::uint64_t index) const noexcept {
        const Entry& entry = entries_[index % entries_.size()];
        return {entry.time_s.load(std::memory_order_acquire),
                entry.predicted.load(std::memory_order_acquire),
                entry.applied.load(std::memory_order_acquire)};
    }

    static_assert(std::atomic<double>::is_always_lock_free);
    std::vector<Entry> entries_;
    std::atomic<std::uint64_t> added_{0};
    std::atomic<std::uint64_t> begins_at_{0};
};

} // namespace tonecast
