#include "engine/error.h"
#include "engine/onnxruntime/ort_library.h"
#include "tests/check.h"

#include <filesystem>
#include <fstream>

using namespace tonecast;

// What happens with a real library is tested from Python, which knows where it lies.

TEST(missing_onnxruntime_is_one_line) {
    CHECK_THROWS_WITH(OrtLibrary::get(), "onnxruntime is missing: pip install onnxruntime");
    CHECK_THROWS_WITH(OrtLibrary::load("/nowhere/libonnxruntime.so"),
                      "/nowhere/libonnxruntime.so: there is no ONNX Runtime library here");
}

TEST(another_file_is_not_taken_for_onnxruntime) {
    const auto path = std::filesystem::temp_directory_path() / "tonecast-test-no-library.so";
    std::ofstream(path) << "not a library";
    CHECK_THROWS_WITH(OrtLibrary::load(path), "it cannot be loaded as ONNX Runtime");
    std::filesystem::remove(path);
    CHECK_THROWS_WITH(OrtLibrary::get(), "onnxruntime is missing");
}
