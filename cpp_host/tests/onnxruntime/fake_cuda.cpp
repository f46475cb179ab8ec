// Passes for ONNX Runtime with a GPU: the real library, named by the environment variable
// REAL_ONNXRUNTIME, with a few functions changed. What it calls a GPU is the CPU; how quick either
// is, and what fails, is up to the test that loads it, by the numbers that it exports.

#include "engine/onnxruntime/ort_abi.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <set>
#include <thread>

#define EXPORT __attribute__((visibility("default")))

extern "C" {
EXPORT std::atomic<int> fake_has_cuda{1};
EXPORT std::atomic<int> fake_initialises{1};
EXPORT std::atomic<int> fake_gpu_extra_us{0}; // beyond what a run takes anyway
EXPORT std::atomic<int> fake_cpu_extra_us{0};
EXPORT std::atomic<int> fake_gpu_fails_at{-1}; // from this run on, counted from 0; −1 for never
EXPORT std::atomic<int> fake_gpu_hangs{0};     // its runs do not return as long as this is not 0
EXPORT std::atomic<int> fake_gpu_busy{0};      // with so many of them
EXPORT std::atomic<int> fake_gpu_runs{0};
}

namespace {

using namespace tonecast;

constexpr std::size_t used_slots = 209;
constexpr int failed = 1; // ORT_FAIL

const ort::ApiBase* real_base() {
    static const ort::ApiBase* const base = [] {
        void* library = dlopen(std::getenv("REAL_ONNXRUNTIME"), RTLD_NOW | RTLD_LOCAL);
        return reinterpret_cast<const ort::ApiBase* (*)()>(dlsym(library, "OrtGetApiBase"))();
    }();
    return base;
}

const ort::Slot* real_table() {
    return real_base()->get_api(ort::api_version);
}

const ort::Api& real() {
    static const ort::Api api(real_table());
    return api;
}

ort::Status* failure(const char* message) {
    using CreateStatus = ort::Status* (*)(int, const char*);
    return reinterpret_cast<CreateStatus>(real_table()[0])(failed, message);
}

std::mutex guard;
std::set<const void*> on_gpu; // options and sessions

bool is_on_gpu(const void* object) {
    const std::lock_guard lock(guard);
    return on_gpu.contains(object);
}

void put_on_gpu(const void* object) {
    const std::lock_guard lock(guard);
    on_gpu.insert(object);
}

void take_off_gpu(const void* object) {
    const std::lock_guard lock(guard);
    on_gpu.erase(object);
}

char cuda[] = "CUDAExecutionProvider";
char cpu[] = "CPUExecutionProvider";
std::array<char*, 2> providers{cuda, cpu};

ort::Status* get_available_providers(char*** names, int* count) noexcept {
    *count = fake_has_cuda != 0 ? 2 : 1;
    *names = providers.data() + (2 - *count);
    return nullptr;
}

ort::Status* release_available_providers(char**, int) noexcept {
    return nullptr;
}

ort::Status* create_cuda_provider_options(ort::CudaProviderOptions** options) noexcept {
    *options = reinterpret_cast<ort::CudaProviderOptions*>(providers.data());
    return nullptr;
}

ort::Status* update_cuda_provider_options(ort::CudaProviderOptions*, const char* const*,
                                          const char* const*, std::size_t) noexcept {
    return fake_initialises != 0 ? nullptr : failure("no CUDA-capable device is detected");
}

void release_cuda_provider_options(ort::CudaProviderOptions*) noexcept {}

ort::Status* append_cuda_provider(ort::SessionOptions* options,
                                  const ort::CudaProviderOptions*) noexcept {
    put_on_gpu(options);
    return nullptr;
}

void release_session_options(ort::SessionOptions* options) noexcept {
    take_off_gpu(options);
    real().release_session_options(options);
}

ort::Status* create_session(const ort::Env* env, const void* model, std::size_t size,
                            const ort::SessionOptions* options, ort::Session** session) noexcept {
    ort::Status* status = real().create_session_from_array(env, model, size, options, session);
    if (status == nullptr && is_on_gpu(options))
        put_on_gpu(*session);
    return status;
}

void release_session(ort::Session* session) noexcept {
    take_off_gpu(session);
    real().release_session(session);
}

void hang() {
    ++fake_gpu_busy;
    while (fake_gpu_hangs != 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --fake_gpu_busy;
}

ort::Status* run(ort::Session* session, const ort::RunOptions* options, const char* const* in_names,
                 const ort::Value* const* ins, std::size_t in_count, const char* const* out_names,
                 std::size_t out_count, ort::Value** outs) noexcept {
    const bool gpu = is_on_gpu(session);
    if (gpu && static_cast<unsigned>(fake_gpu_runs++) >= static_cast<unsigned>(fake_gpu_fails_at))
        return failure("CUDA failure 2: out of memory");
    if (gpu)
        hang();
    std::this_thread::sleep_for(
        std::chrono::microseconds(gpu ? fake_gpu_extra_us : fake_cpu_extra_us));
    return real().run(session, options, in_names, ins, in_count, out_names, out_count, outs);
}

template <typename Function>
ort::Slot slot(Function* function) {
    return reinterpret_cast<ort::Slot>(function);
}

const ort::Slot* get_api(std::uint32_t version) noexcept {
    static std::array<ort::Slot, used_slots> table;
    const ort::Slot* const whole = real_base()->get_api(version);
    if (whole == nullptr)
        return nullptr;
    std::copy_n(whole, table.size(), table.begin());
    table[8] = slot(create_session);
    table[9] = slot(run);
    table[95] = slot(release_session);
    table[100] = slot(release_session_options);
    table[125] = slot(get_available_providers);
    table[126] = slot(release_available_providers);
    table[204] = slot(append_cuda_provider);
    table[205] = slot(create_cuda_provider_options);
    table[206] = slot(update_cuda_provider_options);
    table[208] = slot(release_cuda_provider_options);
    return table.data();
}

const char* get_version_string() noexcept {
    return real_base()->get_version_string();
}

} // namespace

extern "C" EXPORT const tonecast::ort::ApiBase* OrtGetApiBase() noexcept {
    static const ort::ApiBase base{get_api, get_version_string};
    return &base;
}
