# `cpack` in the build folder of a release configured with -DLORIKEET_SOURCE_TREE_RESOURCES=OFF gives a Debian package.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Lorikeet developers <lorikeet@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS libqt6sql6-sqlite)  # loaded at run time, so that SHLIBDEPS does not see it
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS hunspell-en-us)  # without a dictionary prompts are not checked
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_STRIP_FILES ON)
include(CPack)
