// Plays effect files with ONNX Runtime, in child processes, and counts what becomes of them.
//
//     play_effect_files ONNXRUNTIME FINDINGS MUTATIONS SEED < files
//
// Standard input holds the files one after the other, each behind its length (32 bits,
// little-endian). Each is played, and so are so many mutations of it. What ends a child, hangs or
// needs too much memory is written into the folder FINDINGS. Prints the counts as JSON.

#include "engine/effect_file/effect_file.h"
#include "engine/error.h"
#include "engine/families/load_model.h"
#include "engine/onnxruntime/ort_library.h"
#include "engine/trial/play_once.h"
#include "tests/fuzz/mutate_message.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using tonecast::EffectFile;

constexpr time_t longest_cpu_s = 5;                       // for one file
constexpr unsigned longest_s = 120;                       // asleep, on a machine that is busy
constexpr long most_memory_kib = (std::int64_t{5} << 19); // 2.5 GiB
constexpr rlim_t most_address_space_bytes = std::uint64_t{5} << 30; // spares the machine
constexpr std::size_t files_per_child = 64;
constexpr int samples = 1920; // that are played with each

/// Written by a child, read by its parent when the child has ended.
struct Progress {
    std::size_t file;
    bool loaded;
    bool too_much_memory;
};

struct Counts {
    std::size_t files = 0;    // and mutations of them
    std::size_t accepted = 0; // by the reader: the others never reach ONNX Runtime
    std::size_t loaded = 0;   // by ONNX Runtime
    std::size_t crashed_loading = 0;
    std::size_t crashed_playing = 0;
    std::size_t hung = 0;
    std::size_t too_much_memory = 0;
};

/// A file that costs more CPU time ends its child.
void limit_time() {
    const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = longest_cpu_s, .tv_usec = 0}};
    setitimer(ITIMER_PROF, &limit, nullptr);
    alarm(longest_s);
}

[[noreturn]] void play_in_child(std::vector<EffectFile> files, std::size_t from,
                                Progress& progress) {
    const rlimit limit{most_address_space_bytes, most_address_space_bytes};
    const rlimit none{0, 0};
    setrlimit(RLIMIT_AS, &limit);
    setrlimit(RLIMIT_CORE, &none);
    for (std::size_t i = from; i < files.size(); ++i) {
        progress = {.file = i, .loaded = false, .too_much_memory = false};
        limit_time();
        try {
            const auto model = tonecast::load_model(std::move(files[i]),
                                                    {.backend = tonecast::Backend::onnxruntime});
            progress.loaded = true;
            tonecast::play_once(model, model->contract().sample_rate_hz, samples);
        } catch (const tonecast::Error&) {
        } catch (const std::bad_alloc&) {
        }
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        if (usage.ru_maxrss > most_memory_kib) {
            progress.too_much_memory = true;
            _exit(1); // another child goes on, whose memory can be measured again
        }
        if (progress.loaded)
            std::fputc('.', stdout); // counted by the parent
    }
    std::fflush(stdout);
    _exit(0);
}

class Player {
public:
    Player(std::filesystem::path findings, unsigned seed)
        : findings_(std::move(findings)), random_(seed),
          progress_(static_cast<Progress*>(mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE,
                                                MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
        std::filesystem::create_directories(findings_);
    }

    void add(const std::string& bytes, unsigned mutations) {
        add(std::string(bytes));
        for (; mutations > 0; --mutations) {
            std::string mutated = bytes;
            for (auto times = 1 + random_() % 3; times > 0; --times)
                mutated = fuzz::mutate_message(mutated, random_);
            add(std::move(mutated));
        }
    }

    Counts finish() {
        play_waiting();
        return counts_;
    }

private:
    void add(std::string bytes) {
        ++counts_.files;
        try {
            waiting_.push_back(tonecast::parse_effect_file(std::move(bytes), "fuzzed.onnx"));
        } catch (const tonecast::Error&) {
            return;
        }
        ++counts_.accepted;
        if (waiting_.size() == files_per_child)
            play_waiting();
    }

    void play_waiting() {
        for (std::size_t from = 0; from < waiting_.size();) {
            int pipe_ends[2];
            if (pipe(pipe_ends) != 0)
                std::exit(2);
            const pid_t child = fork();
            if (child == 0) {
                dup2(pipe_ends[1], STDOUT_FILENO);
                close(pipe_ends[0]);
                close(pipe_ends[1]);
                std::setvbuf(stdout, nullptr, _IONBF, 0);
                play_in_child(waiting_, from, *progress_);
            }
            close(pipe_ends[1]);
            for (char dot = 0; read(pipe_ends[0], &dot, 1) == 1;)
                ++counts_.loaded;
            close(pipe_ends[0]);
            int status = 0;
            waitpid(child, &status, 0);
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
                break;
            record(status);
            from = progress_->file + 1;
        }
        waiting_.clear();
    }

    void record(int status) {
        const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        const char* kind = "crashed-loading";
        std::size_t* count = &counts_.crashed_loading;
        if (progress_->too_much_memory) {
            kind = "memory";
            count = &counts_.too_much_memory;
        } else if (signal == SIGPROF || signal == SIGALRM) {
            kind = "hung";
            count = &counts_.hung;
        } else if (progress_->loaded) {
            kind = "crashed-playing";
            count = &counts_.crashed_playing;
        }
        counts_.loaded += progress_->loaded;
        ++*count;
        const EffectFile& file = waiting_[progress_->file];
        const auto name = std::string(kind) + "-" + std::to_string(signal) + "-" +
                          std::to_string(std::hash<std::string>{}(file.bytes)) + ".onnx";
        std::ofstream(findings_ / name, std::ios::binary) << file.bytes;
        std::fprintf(stderr, "%s\n", name.c_str());
    }

    std::filesystem::path findings_;
    std::mt19937 random_;
    Progress* progress_;
    std::vector<EffectFile> waiting_;
    Counts counts_;
};

bool read_file(std::string& bytes) {
    unsigned char length[4];
    if (!std::cin.read(reinterpret_cast<char*>(length), sizeof(length)))
        return false;
    bytes.resize(std::size_t{length[0]} | std::size_t{length[1]} << 8 |
                 std::size_t{length[2]} << 16 | std::size_t{length[3]} << 24);
    return static_cast<bool>(
        std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size())));
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5)
        return std::fprintf(stderr, "play_effect_files ONNXRUNTIME FINDINGS MUTATIONS SEED\n"), 2;
    tonecast::OrtLibrary::load(argv[1]);
    Player player(argv[2], static_cast<unsigned>(std::atoi(argv[4])));
    for (std::string bytes; read_file(bytes);)
        player.add(bytes, static_cast<unsigned>(std::atoi(argv[3])));
    const Counts counts = player.finish();
    std::printf("{\"files\": %zu, \"accepted\": %zu, \"loaded\": %zu, \"crashed_loading\": %zu, "
                "\"crashed_playing\": %zu, \"hung\": %zu, \"too_much_memory\": %zu}\n",
                counts.files, counts.accepted, counts.loaded, counts.crashed_loading,
                counts.crashed_playing, counts.hung, counts.too_much_memory);
}
