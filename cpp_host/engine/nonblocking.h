#pragma once

/// Stands behind the parameters of what the audio thread calls: it neither allocates, locks nor
/// waits. Clang's RealtimeSanitizer (-fsanitize=realtime, Clang 20 or newer) ends a program that
/// does so all the same, and says where; without it this means nothing.
#if defined(__has_feature)
#if __has_feature(realtime_sanitizer)
#define TONECAST_NONBLOCKING [[clang::nonblocking]]
#endif
#endif
#ifndef TONECAST_NONBLOCKING
#define TONECAST_NONBLOCKING
#endif
