# SPDX-License-Identifier: MIT
# cmake --install: program (if it is built), library, header, pkg-config file, CMake package, man page, completions.
include(CMakePackageConfigHelpers)

if(UPSCALE_PROGRAM)
    install(TARGETS upscale RUNTIME)
endif()
install(TARGETS upscale_lib EXPORT upscale-targets)
file(GLOB public_headers CONFIGURE_DEPENDS include/*.h)
foreach(part IN LISTS left_out)
    list(FILTER public_headers EXCLUDE REGEX "/upscale_${part}[.]h$")
endforeach()
install(FILES ${public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

install(FILES src/package/LICENSE src/package/CC0-1.0.txt src/package/NOTICE.md README.md .github/CHANGELOG.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Those who link the static library need all of it; those who link the shared one, nothing more.
set(pc_requires "libpng libjpeg zlib")
set(package_modules "")
function(require_module name) # MODULE...: of pkg-config, found as NAME
    string(JOIN " " modules ${ARGN})
    set(pc_requires "${pc_requires} ${modules}" PARENT_SCOPE)
    set(package_modules "${package_modules}    pkg_check_modules(${name} REQUIRED QUIET IMPORTED_TARGET ${modules})\n"
        PARENT_SCOPE)
endfunction()
require_module(LCMS lcms2)
if(library_has_jansson)
    require_module(JANSSON jansson)
endif()
if(WEBP_FOUND)
    require_module(WEBP libwebp libwebpmux)
endif()
if(GIF_FOUND)
    require_module(GIF libgif)
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/upscale)
configure_package_config_file(src/package/upscale-config.cmake.in upscale-config.cmake
    INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(upscale-config-version.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT upscale-targets NAMESPACE upscale:: DESTINATION ${package_folder})
install(FILES ${PROJECT_BINARY_DIR}/upscale-config.cmake ${PROJECT_BINARY_DIR}/upscale-config-version.cmake
    DESTINATION ${package_folder})

if(BUILD_SHARED_LIBS)
    set(pc_private .private)
    set(pc_libs_private "${OpenMP_C_FLAGS} -lm -ldl")
else()
    set(pc_libs "${OpenMP_C_FLAGS} -lm -ldl")
endif()
file(RELATIVE_PATH pc_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(src/package/upscale.pc.in upscale.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/upscale.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The program knows its own options.
function(add_text output)
    add_custom_command(OUTPUT ${output} COMMAND upscale ${ARGN} > ${output} DEPENDS upscale VERBATIM)
endfunction()
if(UPSCALE_PROGRAM AND NOT CMAKE_CROSSCOMPILING)
    add_text(upscale.1 --man)
    add_text(completion.bash --completion bash)
    add_text(completion.zsh --completion zsh)
    add_text(completion.fish --completion fish)
    add_custom_target(upscale_texts ALL DEPENDS upscale.1 completion.bash completion.zsh completion.fish)
    install(FILES ${PROJECT_BINARY_DIR}/upscale.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES ${PROJECT_BINARY_DIR}/completion.bash RENAME upscale
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${PROJECT_BINARY_DIR}/completion.zsh RENAME _upscale
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${PROJECT_BINARY_DIR}/completion.fish RENAME upscale.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
