# Puts the page of explanations together for explain_page.c, which includes its bytes.

set(explain_page_folder ${CMAKE_CURRENT_LIST_DIR})
set(explain_page ${explain_page_folder}/explain.html)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${explain_page})
file(SIZE ${explain_page} explain_page_size)
set_source_files_properties(${explain_page_folder}/explain_page.c PROPERTIES
    COMPILE_DEFINITIONS "EXPLAIN_PAGE=\"${explain_page}\";EXPLAIN_PAGE_SIZE=${explain_page_size}"
    OBJECT_DEPENDS "${explain_page}")
