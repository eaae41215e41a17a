# Compiler, linker and cache: one place, so that every preset builds the same way.
find_program(CCACHE ccache)
if(CCACHE)
  # Objects are shared between checkouts: paths are made relative, and a precompiled header does
  # not spoil the key.
  set(launcher ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Addresses of library functions are settled at the start and not writable from then on.
add_link_options(-Wl,-z,relro -Wl,-z,now)

# -pthread everywhere: a target whose library adds it alone could not share the precompiled header.
add_compile_options(-pthread -Wall -Wextra -Wpedantic 
                    -fno-omit-frame-pointer
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # -Wpedantic knows no switch for statement expressions in g++; TRY marks them with __extension__.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()
if(NOCTURN_SANITIZE)
  string(REPLACE ";" "," list "${NOCTURN_SANITIZE}")
  add_compile_options(-fsanitize=${list} -fno-sanitize-recover=all)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Most of a compilation's time goes into optimising the instrumented code, a tenth into freeing
    # memory: with this and -Og (CMakePresets.json) it takes less than half of what -O1 took.
    add_compile_options("SHELL:--param ggc-min-heapsize=1000000")
  endif()
  add_link_options(-fsanitize=${list})
endif()
if(NOCTURN_FUZZ)
  # Everything a fuzzer reaches is instrumented; only the fuzzers' own binaries link the driver.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
