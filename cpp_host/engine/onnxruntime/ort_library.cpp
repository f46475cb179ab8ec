#include "engine/onnxruntime/ort_library.h"

#include "engine/effect_file/utf8.h"
#include "engine/error.h"
#include "engine/onnxruntime/fork_gate.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

namespace tonecast {

namespace {

constexpr int oldest_minor = 19; // of release 1: the first whose wheels carry the library

std::mutex loading;
// Never freed: sessions of other threads may outlive any moment at which it could be.
std::atomic<const OrtLibrary*> loaded{nullptr};

/// The address of OrtGetApiBase in the library at `path`.
void* find_entry_point(const std::filesystem::path& path) {
    // RTLD_LOCAL: hosts may carry an ONNX Runtime of their own. RTLD_NODELETE: its threads and
    // static objects must not vanish under it.
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        const char* reason = dlerror();
        throw Error(path.string() + ": it cannot be loaded as ONNX Runtime (" +
                    printable(reason == nullptr ? "no reason given" : reason) +
                    "); reinstall onnxruntime");
    }
    void* entry_point = dlsym(library, "OrtGetApiBase");
    if (entry_point == nullptr)
        throw Error(path.string() + ": it is not an ONNX Runtime library");
    return entry_point;
}

void check_version(const std::string& version) {
    int major = 0;
    int minor = 0;
    const bool readable = std::sscanf(version.c_str(), "%d.%d", &major, &minor) == 2;
    if (!readable || major < 1 || (major == 1 && minor < oldest_minor))
        throw Error("onnxruntime " + printable(version) + " is too old, 1." +
                    std::to_string(oldest_minor) +
                    " or newer is needed: pip install --upgrade onnxruntime");
}

} // namespace

void OrtLibrary::load(const std::filesystem::path& path) {
    const std::lock_guard lock(loading);
    if (loaded != nullptr)
        return;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        throw Error(path.string() +
                    ": there is no ONNX Runtime library here: pip install onnxruntime");
    // Otherwise some builds start a thread and write a device id under the home directory.
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    using GetApiBase = const ort::ApiBase* (*)() noexcept;
    const auto get_api_base =
        reinterpret_cast<GetApiBase>(find_entry_point(std::filesystem::absolute(path)));
    const ort::ApiBase* base = get_api_base();
    // Before get_api(), which complains on stderr about versions that it does not know.
    std::string version = base->get_version_string();
    check_version(version);
    const ort::Slot* table = base->get_api(ort::api_version);
    if (table == nullptr)
        throw Error("onnxruntime " + printable(version) + " no longer offers version " +
                    std::to_string(ort::api_version) + " of its interface: update tonecast");
    loaded = new OrtLibrary(std::move(version), table);
    let_forks_wait();
}

const OrtLibrary& OrtLibrary::get() {
    const OrtLibrary* const library = loaded.load();
    if (library == nullptr)
        throw Error("onnxruntime is missing: pip install onnxruntime");
    return *library;
}

OrtLibrary::OrtLibrary(std::string library_version, const ort::Slot* table)
    : version(std::move(library_version)), api(table) {
    // It prints nothing: what goes wrong comes back as a status, and becomes an Error.
    check(api.create_env(ort::severity_fatal, "tonecast", &env));
    check(api.create_cpu_memory_info(ort::arena_allocator, ort::memory_type_default, &cpu_memory));
    ort::ArenaCfg* created = nullptr;
    check(api.create_arena_cfg(max_memory_bytes, ort::arena_default, ort::arena_default,
                               ort::arena_default, &created));
    const OrtOwned limits(created, api.release_arena_cfg);
    // Fails where the process has one already (two plugins that found the same library): theirs
    // serves both.
    api.release_status(api.create_and_register_allocator(env, cpu_memory, limits.get()));
}

bool OrtLibrary::has_cuda() const {
    char** names = nullptr;
    int count = 0;
    check(api.get_available_providers(&names, &count));
    const bool found = std::any_of(names, names + count, [](const char* name) {
        return std::string_view(name) == "CUDAExecutionProvider";
    });
    check(api.release_available_providers(names, count));
    return found;
}

std::string OrtLibrary::reason(ort::Status* failed) const {
    std::string message = printable(api.get_error_message(failed));
    message.erase(message.find_last_not_of(" \n") + 1);
    api.release_status(failed);
    return "ONNX Runtime " + version + " says: " + message;
}

void OrtLibrary::check(ort::Status* status) const {
    if (status != nullptr)
        throw Error(reason(status));
}

} // namespace tonecast
