# SPDX-License-Identifier: MIT
# `cpack` in the build folder makes a .deb that depends on what it was linked with, and recommends what
# it loads when that is needed.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME upscale)
set(CPACK_PACKAGE_CONTACT "the upscale authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION "Enlarges pictures with any upsampler, exactly, in memory that does not grow
with the height: nearest, bilinear, bicubic, Lanczos, learned transposed
convolutions, and networks as people download them, on the CPU.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "${loaded_packages}fonts-dejavu-core")
include(CPack)
