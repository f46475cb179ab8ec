# `cmake --install` puts the engine where find_package(tonecast) finds it: see examples/embed.
include(CMakePackageConfigHelpers)

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/tonecast)
install(TARGETS tonecast_engine tonecast_kernels EXPORT tonecast
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET public_headers DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILE_SET engine_headers DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tonecast)
install(EXPORT tonecast
  NAMESPACE tonecast::
  FILE tonecast-targets.cmake
  DESTINATION ${config_folder})
configure_package_config_file(cmake/tonecast-config.cmake.in tonecast-config.cmake
  INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(tonecast-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/tonecast-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/tonecast-config-version.cmake
  DESTINATION ${config_folder})
