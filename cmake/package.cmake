# make package: a Debian package with the program, its service, the sample cloud and the docs.
# What happens on installation, upgrade, removal and purge: deploy/debian/. tests/package looks
# into it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME nocturn)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Nocturn authors <maintainers@nocturn.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "operations of a private library cloud, with proof")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Nocturn watches real servers with real protocols (HTTP, Z39.50, SRU, SSH,
PostgreSQL, SMTP and more), decides what is true, writes each step to one
tamper-evident ledger, and serves a public status page that is right within
seconds. Subscribers are told by mail and webhook; operators work at its web
console, by its command line and by its API.

The hub runs as the service nocturn once /etc/nocturn describes a cloud.
The command nocturn demo starts a sample cloud of real servers to try it with.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # needs the program `file`, and says nothing without it
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openssh-client, rsync")  # static copies go by these
file(STRINGS tools/packages/demo.txt sample_cloud)
list(JOIN sample_cloud ", " CPACK_DEBIAN_PACKAGE_SUGGESTS)
string(PREPEND CPACK_DEBIAN_PACKAGE_SUGGESTS "monitoring-plugins-basic, ")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA conffiles postinst prerm postrm)
list(TRANSFORM CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA PREPEND ${PROJECT_SOURCE_DIR}/deploy/debian/)

# Whatever the umask of who checked the sources out.
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(plain PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
# Only the program is installed, and nothing else built for it.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(TARGETS nocturn RUNTIME DESTINATION bin)
install(FILES deploy/nocturn.service DESTINATION lib/systemd/system ${plain})
install(FILES deploy/nocturn.default DESTINATION /etc/default RENAME nocturn ${plain})
install(DIRECTORY DESTINATION /etc/nocturn)
install(DIRECTORY demo/ DESTINATION share/nocturn/demo
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
  PATTERN __pycache__ EXCLUDE PATTERN prepare EXCLUDE PATTERN *.py EXCLUDE)
install(PROGRAMS demo/prepare DESTINATION share/nocturn/demo)
install(DIRECTORY demo/servers DESTINATION share/nocturn/demo
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
  WORLD_EXECUTE FILES_MATCHING PATTERN *.py)

# The program writes its own manual page and completion.
set(debian_changelog ${CMAKE_BINARY_DIR}/changelog.Debian)
string(TIMESTAMP package_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(deploy/debian/changelog.in ${debian_changelog} @ONLY)
install(CODE "
  execute_process(COMMAND $<TARGET_FILE:nocturn> manual COMMAND gzip -9n
    OUTPUT_FILE ${CMAKE_BINARY_DIR}/nocturn.1.gz COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND $<TARGET_FILE:nocturn> completion
    OUTPUT_FILE ${CMAKE_BINARY_DIR}/nocturn.bash COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md
    OUTPUT_FILE ${CMAKE_BINARY_DIR}/changelog.gz COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND gzip -9nc ${debian_changelog}
    OUTPUT_FILE ${CMAKE_BINARY_DIR}/changelog.Debian.gz COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${CMAKE_BINARY_DIR}/nocturn.1.gz DESTINATION share/man/man1 ${plain})
install(FILES ${CMAKE_BINARY_DIR}/nocturn.bash DESTINATION share/bash-completion/completions
  RENAME nocturn ${plain})

set(documents share/doc/nocturn)
install(FILES README.md deploy/debian/copyright ${CMAKE_BINARY_DIR}/changelog.gz
  ${CMAKE_BINARY_DIR}/changelog.Debian.gz DESTINATION ${documents} ${plain})
install(DIRECTORY docs DESTINATION ${documents}
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ PATTERN screenshots EXCLUDE)
install(FILES api/openapi.json DESTINATION ${documents}/api ${plain})
install(FILES deploy/example.yaml DESTINATION ${documents}/examples RENAME cloud.yaml ${plain})

include(CPack)
