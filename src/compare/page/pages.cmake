# SPDX-License-Identifier: MIT
# Puts each page together from its HTML, CSS and scripts, for pages.c, which includes their bytes. A
# policy in the page forbids all scripts and styles but these very ones, by their hashes; tiles are
# scripts beside the page.

set(page_folder ${CMAKE_CURRENT_LIST_DIR})
set(page_output ${CMAKE_CURRENT_BINARY_DIR}/pages)

# 64 hexadecimal digits as base64: 24 bits make 4 letters; 256 bits are padded by one zero byte.
function(hex_to_base64 hex result)
    set(letters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    set(text "")
    foreach(at RANGE 0 60 6)
        string(SUBSTRING "${hex}00" ${at} 6 group)
        foreach(shift 18 12 6 0)
            math(EXPR index "(0x${group} >> ${shift}) & 63")
            string(SUBSTRING "${letters}" ${index} 1 letter)
            string(APPEND text ${letter})
        endforeach()
    endforeach()
    string(SUBSTRING "${text}" 0 43 text)
    set(${result} "${text}=" PARENT_SCOPE)
endfunction()

function(policy_hash text result)
    string(SHA256 hex "${text}")
    hex_to_base64(${hex} base64)
    set(${result} "'sha256-${base64}'" PARENT_SCOPE)
endfunction()

# join_page(OUTPUT HTML SOURCES IMAGES STYLES TITLE SCRIPT...): OUTPUT is the file HTML with head.html, the
# styles and the scripts, in order, inside. SOURCES and IMAGES are what the policy allows besides them.
function(join_page output html_file sources images styles title)
    file(READ ${html_file} html)
    file(READ ${page_folder}/head.html head)
    set(style "")
    foreach(part ${styles})
        file(READ ${part} text)
        string(APPEND style "${text}")
    endforeach()
    set(script "(() => {\n\"use strict\";\n")
    foreach(part ${ARGN})
        file(READ ${part} text)
        string(APPEND script "${text}")
    endforeach()
    string(APPEND script "})();\n")
    policy_hash("${style}" style_hash)
    policy_hash("${script}" script_hash)
    string(CONCAT policy "default-src 'none'; script-src ${script_hash}${sources}; "
        "style-src ${style_hash}; ${images}base-uri 'none'; form-action 'none'")
    string(REPLACE "@HEAD@\n" "${head}" html "${html}")
    string(REPLACE "upscale compare" "${title}" html "${html}")
    string(REPLACE "@POLICY@" "${policy}" html "${html}")
    string(REPLACE "@STYLE@" "${style}" html "${html}")
    string(REPLACE "@SCRIPT@" "${script}" html "${html}")
    file(WRITE ${output} "${html}")
endfunction()

# make_page(NAME FOLDER SCRIPT...): a page of comparisons, FOLDER/NAME.html.
function(make_page name folder)
    set(scripts ${ARGN})
    list(TRANSFORM scripts PREPEND ${page_folder}/)
    join_page(${page_output}/${name}.html ${page_folder}/${folder}/${name}.html " 'self' file:"
        "img-src 'self' data: file:; " ${page_folder}/page.css "upscale compare" ${scripts})
    file(SIZE ${page_output}/${name}.html size)
    set(page_lines "${page_lines}PAGE(${name}, ${size}, \"${page_output}/${name}.html\")\n" PARENT_SCOPE)
endfunction()

set(page_lines "")
set(shared_scripts common.js svg.js numbers.js table.js plot.js)
set(viewer_scripts samples.js tiles.js save.js view.js pointer.js stage.js readout.js figures.js lessons.js
    side.js controls.js main.js)
list(TRANSFORM viewer_scripts PREPEND viewer/)
make_page(picture viewer ${shared_scripts} ${viewer_scripts})
make_page(overview overview ${shared_scripts} overview/statistics.js overview/pictures.js overview/overview.js)
file(CONFIGURE OUTPUT ${page_output}/page_files.inc CONTENT "${page_lines}" @ONLY)

file(GLOB page_parts CONFIGURE_DEPENDS ${page_folder}/*.js ${page_folder}/*.css ${page_folder}/*.html
    ${page_folder}/*/*.js ${page_folder}/*/*.html)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page_parts})
set_source_files_properties(${page_folder}/../pages.c PROPERTIES
    INCLUDE_DIRECTORIES ${page_output}
    OBJECT_DEPENDS "${page_output}/picture.html;${page_output}/overview.html")
