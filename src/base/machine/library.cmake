# SPDX-License-Identifier: MIT
# load_when_needed(PREFIX SOURCE): pkg_check_modules() has found a library as PREFIX; SOURCE loads it, by
# library.h, and is told the name under which programs of this machine look for it, which a program
# that is linked with it would have noted. Debian's packages that hold such libraries are collected in
# `loaded_packages`, with a comma behind each. What is no shared library is as good as not there.
find_program(DPKG_QUERY dpkg-query)
mark_as_advanced(DPKG_QUERY)

function(load_when_needed prefix source)
    if(NOT ${prefix}_FOUND)
        return()
    endif()
    list(GET ${prefix}_LINK_LIBRARIES 0 file)
    execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${file} OUTPUT_VARIABLE headers ERROR_QUIET)
    if(NOT headers MATCHES "SONAME +([^ \n]+)")
        message(STATUS "${file} cannot be loaded when it is needed: it is left out")
        set(${prefix}_FOUND FALSE PARENT_SCOPE)
        return()
    endif()
    set(name ${CMAKE_MATCH_1})
    set(package "")
    file(REAL_PATH ${file} file)
    if(DPKG_QUERY)
        execute_process(COMMAND ${DPKG_QUERY} -S ${file} OUTPUT_VARIABLE owner ERROR_QUIET)
        string(REGEX MATCH "^[a-z0-9.+-]+" package "${owner}")
    endif()
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
        UP_LIBRARY_FILE="${name}" UP_LIBRARY_PACKAGE="${package}")
    if(package AND NOT loaded_packages MATCHES "${package} ")
        set(loaded_packages "${loaded_packages}${package} (>= ${${prefix}_VERSION}), " PARENT_SCOPE)
    endif()
endfunction()
