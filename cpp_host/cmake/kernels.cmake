# One source, compiled once per instruction set; the fastest that the machine has is picked at load.

# tells of the sets, for those who pick
add_library(tonecast_kernel_sets INTERFACE)
if(MSVC) # has no vectors of GCC's kind: everything plays through ONNX Runtime
  set(sets)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(sets avx512 avx2 sse2)
  set(baseline sse2)
  set(flags_avx512 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mavx2 -mfma
      -mprefer-vector-width=512)
  set(flags_avx2 -mavx2 -mfma)
  target_compile_definitions(tonecast_kernel_sets INTERFACE TONECAST_KERNELS_X86)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(sets neon)
  set(baseline neon)
else()
  set(sets plain)
  set(baseline plain)
endif()
if(sets)
  target_compile_definitions(tonecast_kernel_sets INTERFACE TONECAST_KERNELS
                                                            TONECAST_BASELINE=${baseline})
endif()

# tonecast_add_kernels(<library> <name> <source> <options>...): the options come last, after ours.
# GCC 12 takes what its own intrinsics leave undefined for a mistake.
function(tonecast_add_kernels library name source)
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS
    "-O3;-fno-math-errno;-fno-trapping-math;$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>;${ARGN}")
  foreach(set IN LISTS sets)
    set(target tonecast_${name}_${set})
    add_library(${target} OBJECT ${source})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${target} PRIVATE TONECAST_SET=${set})
    target_link_libraries(${target} PRIVATE tonecast_options)
    target_compile_options(${target} PRIVATE ${flags_${set}})
    target_sources(${library} PRIVATE $<TARGET_OBJECTS:${target}>)
  endforeach()
endfunction()
