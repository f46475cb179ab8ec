#pragma once

/// TONECAST_NONBLOCKING stands behind the parameters of what the audio thread calls: it neither
/// allocates, locks nor waits. Clang's RealtimeSanitizer (-fsanitize=realtime, Clang 20 or newer)
/// ends a program that does so all the same, and says where; otherwise it means nothing.
///
/// AllowedSystemCall, as a local variable, exempts what follows: the one system call of the audio
/// thread, which wakes another one and does not wait.

#if defined(__has_feature)
#if __has_feature(realtime_sanitizer)
#define TONECAST_NONBLOCKING [[clang::nonblocking]]
#endif
#endif

#ifdef TONECAST_NONBLOCKING

#include <sanitizer/rtsan_interface.h>

namespace tonecast {
using AllowedSystemCall = __rtsan::ScopedDisabler;
}

#else

#define TONECAST_NONBLOCKING

namespace tonecast {
struct AllowedSystemCall {
    AllowedSystemCall() {} // not the default one, whose variables compilers call unused
};
} // namespace tonecast

#endif
