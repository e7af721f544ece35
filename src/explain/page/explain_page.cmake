# SPDX-License-Identifier: MIT
# Puts the page of explanations together for explain_page.c, which includes its bytes. Its head, its
# style and its policy are those of the pages of comparisons (pages.cmake).

set(explain_page_folder ${CMAKE_CURRENT_LIST_DIR})
set(explain_page ${page_output}/explain.html)

set(explain_page_scripts explain_twin.js explain_text.js explain_grids.js explain_change.js explain_page.js)
list(TRANSFORM explain_page_scripts PREPEND ${explain_page_folder}/)
join_page(${explain_page} ${explain_page_folder}/explain.html "" ""
    "${page_folder}/page.css;${explain_page_folder}/explain_page.css" "upscale explain"
    ${page_folder}/common.js ${explain_page_scripts})

file(GLOB explain_page_parts CONFIGURE_DEPENDS ${explain_page_folder}/*.js ${explain_page_folder}/*.css
    ${explain_page_folder}/*.html)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${explain_page_parts})
file(SIZE ${explain_page} explain_page_size)
set_source_files_properties(${explain_page_folder}/explain_page.c PROPERTIES
    COMPILE_DEFINITIONS "EXPLAIN_PAGE=\"${explain_page}\";EXPLAIN_PAGE_SIZE=${explain_page_size}"
    OBJECT_DEPENDS "${explain_page}")
