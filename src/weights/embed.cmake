# SPDX-License-Identifier: MIT
# Lists src/weights/data/NAME-xSCALE.safetensors for embedded.c, which includes their bytes.
file(GLOB embedded_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/data/*.safetensors)
set(embedded_lines "")
foreach(path IN LISTS embedded_files)
    get_filename_component(stem ${path} NAME_WE)
    if(NOT stem MATCHES "^(.+)-x([0-9]+)$")
        message(FATAL_ERROR "${path}: the name must end in -xSCALE.safetensors")
    endif()
    set(name ${CMAKE_MATCH_1})
    set(scale ${CMAKE_MATCH_2})
    string(MAKE_C_IDENTIFIER ${stem} symbol)
    file(SIZE ${path} size)
    string(APPEND embedded_lines "EMBEDDED(${symbol}, \"${name}\", ${scale}, ${size}, \"${path}\")\n")
endforeach()

set(embedded_folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
file(CONFIGURE OUTPUT ${embedded_folder}/embedded_files.inc CONTENT "${embedded_lines}" @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${embedded_files})
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/embedded.c PROPERTIES
    INCLUDE_DIRECTORIES ${embedded_folder}
    OBJECT_DEPENDS "${embedded_files}")
