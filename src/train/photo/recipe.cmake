# SPDX-License-Identifier: MIT
# The recipe that --recipe photo means, for recipe.c, which includes its bytes.
set(recipe_photo ${PROJECT_SOURCE_DIR}/samples/train/photo.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${recipe_photo})
file(SIZE ${recipe_photo} recipe_photo_size)
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/recipe.c PROPERTIES
    COMPILE_DEFINITIONS "RECIPE_PHOTO=\"${recipe_photo}\";RECIPE_PHOTO_SIZE=${recipe_photo_size}"
    OBJECT_DEPENDS "${recipe_photo}")
