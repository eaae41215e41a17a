# nocturn_embed(<target> <namespace> <files...>): the files' bytes become constants of the program.
#
# Each file is found at run time with <namespace>::embedded("relative/path"), see tools/embed. A
# file outside the module's folder is given by its whole path and named as in the repository.
function(nocturn_embed target space)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded)
  string(REPLACE ";" "\n" listing "${ARGN}")
  file(GENERATE OUTPUT ${out}.list CONTENT "${listing}\n")
  add_custom_command(OUTPUT ${out}.cpp ${out}.h
    COMMAND ${PROJECT_SOURCE_DIR}/tools/embed ${space} ${CMAKE_CURRENT_SOURCE_DIR} ${out}.list ${out}
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/tools/embed ${out}.list
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "embedding files of ${target}")
  target_sources(${target} PRIVATE ${out}.cpp)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
