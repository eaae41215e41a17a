# nocturn_module(<name> [USES <modules>] [LINKS <libraries>] [TEST_USES <modules>])
#
# One static library of all *.cpp below the current folder, and one test program of all
# *_test.cpp beside them. A module that is not named in USES is not on the link line, so an
# arrow drawn by accident fails to link; tools/tidy checks the includes.
function(nocturn_module name)
  cmake_parse_arguments(arg "" "" "USES;LINKS;TEST_USES;TEST_LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")  # main.cpp is the program
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  if(NOT sources)  # headers alone, so far
    add_library(nocturn_${name} INTERFACE)
    return()
  endif()
  add_library(nocturn_${name} STATIC ${sources})
  target_include_directories(nocturn_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM arg_USES PREPEND nocturn_ OUTPUT_VARIABLE uses)
  target_link_libraries(nocturn_${name} PUBLIC ${uses} PRIVATE ${arg_LINKS})
  nocturn_precompile(nocturn_${name})

  if(NOCTURN_TESTS AND tests)
    add_executable(nocturn_${name}_test ${tests})
    list(TRANSFORM arg_TEST_USES PREPEND nocturn_ OUTPUT_VARIABLE test_uses)
    target_link_libraries(nocturn_${name}_test PRIVATE nocturn_${name} ${test_uses} ${arg_LINKS}
      ${arg_TEST_LINKS} ${RAPIDCHECK} GTest::gmock GTest::gtest GTest::gtest_main Threads::Threads)
    nocturn_precompile(nocturn_${name}_test)
    # One ctest entry a module: the tests of a module are quick together, slow as 500 processes.
    add_test(NAME ${name} COMMAND nocturn_${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT 900 LABELS unit)
    add_dependencies(unit_tests nocturn_${name}_test)
  endif()
endfunction()

# The same precompiled header (standard library and fmt) everywhere, built once per kind of target.
function(nocturn_precompile target)
  if(NOT TARGET nocturn_pch)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch.cpp CONTENT "")  # untouched when it is there
    add_library(nocturn_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
    target_link_libraries(nocturn_pch PUBLIC fmt::fmt)
    target_precompile_headers(nocturn_pch PRIVATE
      <algorithm> <array> <atomic> <chrono> <cstdint> <deque> <expected> <filesystem> <functional>
      <map> <memory> <mutex> <optional> <span> <string> <string_view> <thread> <tuple>
      <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM nocturn_pch)
  target_link_libraries(${target} PRIVATE fmt::fmt)
endfunction()
