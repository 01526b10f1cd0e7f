# What is installed, and the Debian package of it: `cpack -G DEB` in build/release.
set(BURNBOX_UNIT_DIR lib/systemd/system)
install(TARGETS burnbox RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES packaging/burnbox.service DESTINATION ${BURNBOX_UNIT_DIR})
install(PROGRAMS packaging/mail-admin DESTINATION lib/burnbox)
install(FILES packaging/70-burnbox.rules DESTINATION lib/udev/rules.d)
install(FILES packaging/burnbox.yaml DESTINATION /etc/burnbox)
install(FILES etc/burnbox.yaml README.md CHANGELOG.md docs/design.md docs/operating.md docs/reliability.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# Manual pages are installed compressed, as policy asks; -n keeps the package the same from build to build.
find_program(GZIP gzip REQUIRED)
foreach(page burnbox.1 burnbox.yaml.5)
  string(REGEX MATCH "[0-9]$" section ${page})
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/man/${page}.gz
    COMMAND ${CMAKE_COMMAND} -E make_directory man
    COMMAND ${GZIP} -9nc ${PROJECT_SOURCE_DIR}/packaging/man/${page} > man/${page}.gz
    DEPENDS packaging/man/${page} WORKING_DIRECTORY ${PROJECT_BINARY_DIR} VERBATIM)
  list(APPEND man_pages ${PROJECT_BINARY_DIR}/man/${page}.gz)
  install(FILES ${PROJECT_BINARY_DIR}/man/${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
add_custom_target(man ALL DEPENDS ${man_pages})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME burnbox)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "An embedded SFTP/SCP server. A person copies a tree with any client, adds one marker file,
and the tree ends up as a verified session on a disc, with a receipt.")
set(CPACK_PACKAGE_CONTACT "burnbox <root@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libssh-4 (>= 0.10.6-0+deb12u3), adduser")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "udev, rsync, par2")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/packaging/deb/postinst ${PROJECT_SOURCE_DIR}/packaging/deb/prerm
    ${PROJECT_SOURCE_DIR}/packaging/deb/postrm ${PROJECT_SOURCE_DIR}/packaging/deb/conffiles)
include(CPack)
