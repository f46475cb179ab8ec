#pragma once

#include "engine/onnxruntime/ort_abi.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace tonecast {

/// The ONNX Runtime library of this process. Nothing is linked against it: the front end (Python,
/// the plugin) knows where it lies, and calls load() before the first effect is opened.
class OrtLibrary {
public:
    /// Loads the library once; later calls keep what is loaded. Throws Error where the file is
    /// missing, is another library, or is too old.
    static void load(const std::filesystem::path& path);

    /// Throws Error where none was loaded.
    static const OrtLibrary& get();

    /// Whether it was built for CUDA; the rest of what that needs may still be missing.
    bool has_cuda() const;

    /// What ONNX Runtime says about a failed status; releases it.
    std::string reason(ort::Status* failed) const;

    /// Turns a failed status into an Error that says what ONNX Runtime says; releases it.
    void check(ort::Status* status) const;

    /// All sessions together get no more than this on either device. A few nodes of a hostile
    /// graph, which join a tensor to itself over and over, can ask for any amount.
    static constexpr std::size_t max_memory_bytes = std::size_t{2} << 30;

    const std::string version;
    const ort::Api api;
    ort::Env* env = nullptr;
    ort::MemoryInfo* cpu_memory = nullptr;

private:
    OrtLibrary(std::string library_version, const ort::Slot* table);
};

/// Owns one of the library's objects.
template <typename T>
class OrtOwned {
public:
    using Release = void (*)(T*) noexcept;

    OrtOwned(T* object, Release release) : object_(object, release) {}
    T* get() const noexcept { return object_.get(); }

private:
    std::unique_ptr<T, Release> object_;
};

} // namespace tonecast
