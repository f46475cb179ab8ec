#pragma once

#include <exception>
#include <functional>
#include <string>

/// The little that our tests need of a test framework: none comes with a plain C++ compiler.
///
///     TEST(silence_stays_silence) { CHECK(engine_of(0.0F) == 0.0F); }
namespace check {

bool add_test(const char* name, std::function<void()> body);
void fail(const char* file, int line, const std::string& what);

} // namespace check

#define TEST(name)                                                                                 \
    static void name();                                                                            \
    [[maybe_unused]] static const bool name##_added = check::add_test(#name, name);                \
    static void name()

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            check::fail(__FILE__, __LINE__, #condition);                                           \
    } while (false)

#define CHECK_THROWS_WITH(expression, part)                                                        \
    do {                                                                                           \
        std::string message = "(nothing was thrown)";                                              \
        try {                                                                                      \
            static_cast<void>(expression);                                                         \
        } catch (const std::exception& thrown) {                                                   \
            message = thrown.what();                                                               \
        }                                                                                          \
        if (message.find(part) == std::string::npos)                                               \
            check::fail(__FILE__, __LINE__, #expression " threw: " + message);                     \
    } while (false)
