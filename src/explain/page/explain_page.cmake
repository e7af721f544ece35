# Puts the page of explanations together for explain_page.c, which includes its bytes. Its head, its
# style and its policy are those of the pages of comparisons (pages.cmake).

set(explain_page_folder ${CMAKE_CURRENT_LIST_DIR})
set(explain_page ${page_output}/explain.html)

function(make_explain_page)
    file(READ ${explain_page_folder}/explain.html html)
    file(READ ${page_folder}/head.html head)
    file(READ ${page_folder}/page.css style)
    file(READ ${explain_page_folder}/explain_page.css own_style)
    string(APPEND style "${own_style}")
    set(script "(() => {\n\"use strict\";\n")
    foreach(part ${page_folder}/common.js ${ARGN})
        file(READ ${part} text)
        string(APPEND script "${text}")
    endforeach()
    string(APPEND script "})();\n")
    policy_hash("${style}" style_hash)
    policy_hash("${script}" script_hash)
    string(CONCAT policy "default-src 'none'; script-src ${script_hash}; style-src ${style_hash}; "
        "base-uri 'none'; form-action 'none'")
    string(REPLACE "@HEAD@\n" "${head}" html "${html}")
    string(REPLACE "upscale compare" "upscale explain" html "${html}")
    string(REPLACE "@POLICY@" "${policy}" html "${html}")
    string(REPLACE "@STYLE@" "${style}" html "${html}")
    string(REPLACE "@SCRIPT@" "${script}" html "${html}")
    file(WRITE ${explain_page} "${html}")
endfunction()

set(explain_page_scripts explain_twin.js explain_text.js explain_grids.js explain_change.js explain_page.js)
list(TRANSFORM explain_page_scripts PREPEND ${explain_page_folder}/)
make_explain_page(${explain_page_scripts})

file(GLOB explain_page_parts CONFIGURE_DEPENDS ${explain_page_folder}/*.js ${explain_page_folder}/*.css
    ${explain_page_folder}/*.html)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${explain_page_parts})
file(SIZE ${explain_page} explain_page_size)
set_source_files_properties(${explain_page_folder}/explain_page.c PROPERTIES
    COMPILE_DEFINITIONS "EXPLAIN_PAGE=\"${explain_page}\";EXPLAIN_PAGE_SIZE=${explain_page_size}"
    OBJECT_DEPENDS "${explain_page}")
