#pragma once

#include <cstddef>
#include <cstdint>

/// The part of ONNX Runtime's C interface that the engine uses, declared by us, so that the library
/// which users have from `pip install onnxruntime` is enough and no headers are needed.
///
/// Why that is safe: the library exports OrtGetApiBase(), whose GetApi(version) returns a table of
/// function pointers. It is ONNX Runtime's stable interface: the table only ever grows, at its end,
/// so a slot keeps its number and signature from release to release. The numbers below count the
/// members of `struct OrtApi` in onnxruntime_c_api.h from 0.
namespace tonecast::ort {

struct ArenaCfg;
struct CudaProviderOptions;
struct Env;
struct MemoryInfo;
struct RunOptions;
struct Session;
struct SessionOptions;
struct Status; // null where all went well
struct Value;

using Slot = void (*)();

struct ApiBase {
    const Slot* (*get_api)(std::uint32_t version) noexcept; // null where it is too old for that
    const char* (*get_version_string)() noexcept;
};

/// All slots used below were in the table by then; it came with release 1.16.
constexpr std::uint32_t api_version = 16;

constexpr int severity_fatal = 4;
constexpr int execute_sequentially = 0;
constexpr int optimise_all = 99;
constexpr int arena_allocator = 1;
constexpr int memory_type_default = 0;
constexpr int arena_default = -1;
constexpr int element_type_float = 1;

class Api {
    /// A slot that becomes a pointer to whatever function the member below says it is.
    struct Untyped {
        Slot slot;
        template <typename Signature>
        operator Signature*() const noexcept {
            return reinterpret_cast<Signature*>(slot);
        }
    };
    Untyped at(std::size_t index) const noexcept { return {table_[index]}; }

    const Slot* table_;

public:
    explicit Api(const Slot* table) noexcept : table_(table) {}

    const char* (*get_error_message)(const Status*) noexcept = at(2);
    Status* (*create_env)(int severity, const char* log_id, Env**) noexcept = at(3);
    Status* (*create_session_from_array)(const Env*, const void* model, std::size_t size,
                                         const SessionOptions*, Session**) noexcept = at(8);
    Status* (*run)(Session*, const RunOptions*, const char* const* input_names,
                   const Value* const* inputs, std::size_t input_count,
                   const char* const* output_names, std::size_t output_count,
                   Value** outputs) noexcept = at(9);
    Status* (*create_session_options)(SessionOptions**) noexcept = at(10);
    Status* (*set_session_execution_mode)(SessionOptions*, int mode) noexcept = at(13);
    Status* (*set_session_log_severity_level)(SessionOptions*, int severity) noexcept = at(22);
    Status* (*set_session_graph_optimization_level)(SessionOptions*, int level) noexcept = at(23);
    Status* (*set_intra_op_num_threads)(SessionOptions*, int threads) noexcept = at(24);
    Status* (*create_tensor_with_data_as_ort_value)(const MemoryInfo*, void* data,
                                                    std::size_t bytes, const std::int64_t* shape,
                                                    std::size_t rank, int element_type,
                                                    Value**) noexcept = at(49);
    Status* (*create_cpu_memory_info)(int allocator_type, int memory_type,
                                      MemoryInfo**) noexcept = at(69);
    void (*release_status)(Status*) noexcept = at(93);
    void (*release_session)(Session*) noexcept = at(95);
    void (*release_value)(Value*) noexcept = at(96);
    void (*release_session_options)(SessionOptions*) noexcept = at(100);
    Status* (*get_available_providers)(char*** names, int* count) noexcept = at(125);
    Status* (*release_available_providers)(char** names, int count) noexcept = at(126);
    Status* (*add_session_config_entry)(SessionOptions*, const char* key,
                                        const char* value) noexcept = at(130);
    Status* (*create_and_register_allocator)(Env*, const MemoryInfo*,
                                             const ArenaCfg*) noexcept = at(144);
    Status* (*create_arena_cfg)(std::size_t max_bytes, int extend_strategy, int initial_chunk_bytes,
                                int max_dead_bytes, ArenaCfg**) noexcept = at(156);
    void (*release_arena_cfg)(ArenaCfg*) noexcept = at(157);
    Status* (*append_cuda_provider)(SessionOptions*, const CudaProviderOptions*) noexcept = at(204);
    Status* (*create_cuda_provider_options)(CudaProviderOptions**) noexcept = at(205);
    Status* (*update_cuda_provider_options)(CudaProviderOptions*, const char* const* keys,
                                            const char* const* values,
                                            std::size_t count) noexcept = at(206);
    void (*release_cuda_provider_options)(CudaProviderOptions*) noexcept = at(208);
};

} // namespace tonecast::ort
