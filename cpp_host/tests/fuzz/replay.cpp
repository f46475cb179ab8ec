// The fuzzer without libFuzzer: gives it each file of the folders that are named, then so many
// mutations of them, the same in every run.
//
//     replay MUTATIONS FOLDER...

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed);

/// libFuzzer's own mutator: here it flips a bit.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t) {
    static std::mt19937 random(1);
    if (size > 0)
        data[random() % size] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    return size;
}

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t growth = 4096; // by how much a mutation may lengthen a file

std::vector<Bytes> read_files(int folders, char** paths) {
    std::vector<std::filesystem::path> files;
    for (int i = 0; i < folders; ++i)
        for (const auto& entry : std::filesystem::directory_iterator(paths[i]))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<Bytes> contents;
    for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        contents.emplace_back(std::istreambuf_iterator<char>(file),
                              std::istreambuf_iterator<char>());
    }
    return contents;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3)
        return std::fprintf(stderr, "replay MUTATIONS FOLDER...\n"), 2;
    const auto mutations = static_cast<unsigned>(std::atoi(argv[1]));
    const auto files = read_files(argc - 2, argv + 2);
    if (files.empty())
        return std::fprintf(stderr, "there are no files in these folders\n"), 2;
    for (const Bytes& file : files)
        LLVMFuzzerTestOneInput(file.data(), file.size());
    for (unsigned seed = 0; seed < mutations; ++seed) {
        Bytes mutated = files[seed % files.size()];
        const std::size_t size = mutated.size();
        mutated.resize(size + growth);
        mutated.resize(LLVMFuzzerCustomMutator(mutated.data(), size, mutated.size(), seed));
        LLVMFuzzerTestOneInput(mutated.data(), mutated.size());
    }
    std::printf("%zu files and %u mutations\n", files.size(), mutations);
}
