#include "tests/check.h"

#include <atomic>
#include <cstdio>
#include <utility>
#include <vector>

namespace check {

namespace {

struct Test {
    const char* name;
    std::function<void()> body;
};

std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

std::atomic<bool> failed{false}; // checks may stand in any thread

} // namespace

bool add_test(const char* name, std::function<void()> body) {
    tests().push_back({name, std::move(body)});
    return true;
}

void fail(const char* file, int line, const std::string& what) {
    failed = true;
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
}

} // namespace check

int main() {
    int passed = 0;
    int failures = 0;
    for (const auto& [name, body] : check::tests()) {
        check::failed = false;
        try {
            body();
        } catch (const std::exception& thrown) {
            check::fail(name, 0, std::string("threw: ") + thrown.what());
        }
        if (check::failed)
            std::fprintf(stderr, "FAILED %s\n", name);
        ++(check::failed ? failures : passed);
    }
    std::printf("%d passed, %d failed\n", passed, failures);
    return failures == 0 && passed > 0 ? 0 : 1;
}
