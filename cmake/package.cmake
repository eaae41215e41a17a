# make package: a Debian package with the program, its unit, the sample cloud and the docs.
install(TARGETS nocturn RUNTIME DESTINATION bin)
install(FILES deploy/nocturn.service DESTINATION lib/systemd/system)
install(DIRECTORY demo/ DESTINATION share/nocturn/demo USE_SOURCE_PERMISSIONS)
install(DIRECTORY docs DESTINATION share/doc/nocturn PATTERN screenshots EXCLUDE)
# The program writes its own manual page and completion.
install(CODE "
  execute_process(COMMAND $<TARGET_FILE:nocturn> manual COMMAND gzip -9n
    OUTPUT_FILE ${CMAKE_BINARY_DIR}/nocturn.1.gz COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND $<TARGET_FILE:nocturn> completion
    OUTPUT_FILE ${CMAKE_BINARY_DIR}/nocturn.bash COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${CMAKE_BINARY_DIR}/nocturn.1.gz DESTINATION share/man/man1)
install(FILES ${CMAKE_BINARY_DIR}/nocturn.bash DESTINATION share/bash-completion/completions
  RENAME nocturn)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION share/doc/nocturn)
install(FILES api/openapi.json DESTINATION share/doc/nocturn/api)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME nocturn)
set(CPACK_PACKAGE_CONTACT "Nocturn <maintainers@nocturn.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "operations of a private library cloud, with proof")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "openssh-client, rsync")
include(CPack)
