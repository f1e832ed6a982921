# The web pages, as the list STOWAWAY_PAGE_FILES; empty where they cannot be built. Nothing of npm's is shipped or needed to run.
#   STOWAWAY_WEB    AUTO: where npm is there and can install what builds them. ON: or fail. OFF: a server without pages.
#   STOWAWAY_PAGES  a directory of pages that are built already: no npm is needed then
set(STOWAWAY_WEB AUTO CACHE STRING "Build the web pages: AUTO, ON or OFF")
set_property(CACHE STOWAWAY_WEB PROPERTY STRINGS AUTO ON OFF)
set(STOWAWAY_PAGES "" CACHE PATH "Web pages that are built already")
set(STOWAWAY_PAGE_NAMES index.html app.js style.css icon.svg)
set(STOWAWAY_PAGES_WORK ${CMAKE_BINARY_DIR}/pages)
set(STOWAWAY_PAGE_FILES "")

# What builds them, below the build tree; at configure time, so that a machine without a registry builds without pages.
function(install_page_tools web npm out)
  set(${out} FALSE PARENT_SCOPE)
  foreach(name package.json package-lock.json .npmrc build.mjs)
    configure_file(${web}/${name} ${STOWAWAY_PAGES_WORK}/${name} COPYONLY)
  endforeach()
  file(SHA256 ${web}/package-lock.json wanted)
  set(stamp ${STOWAWAY_PAGES_WORK}/installed)
  if(EXISTS ${stamp})
    file(READ ${stamp} there)
  endif()
  if(NOT "${there}" STREQUAL "${wanted}")
    file(REMOVE ${stamp})
    execute_process(COMMAND ${npm} ci --prefer-offline --fetch-retries=0 --fetch-timeout=20000 --loglevel=error
                    WORKING_DIRECTORY ${STOWAWAY_PAGES_WORK} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said TIMEOUT 180)
    file(WRITE ${STOWAWAY_PAGES_WORK}/npm.log "${said}")
    if(failed)
      return()
    endif()
    file(WRITE ${stamp} ${wanted})
  endif()
  set(${out} TRUE PARENT_SCOPE)
endfunction()

if(STOWAWAY_PAGES)
  list(TRANSFORM STOWAWAY_PAGE_NAMES PREPEND ${STOWAWAY_PAGES}/ OUTPUT_VARIABLE STOWAWAY_PAGE_FILES)
elseif(STOWAWAY_WEB)
  find_program(STOWAWAY_NPM npm)
  find_program(STOWAWAY_NODE NAMES node nodejs)
  set(ready FALSE)
  if(STOWAWAY_NPM AND STOWAWAY_NODE)
    install_page_tools(${CMAKE_SOURCE_DIR}/web ${STOWAWAY_NPM} ready)
  endif()
  if(ready)
    file(GLOB_RECURSE page_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/src/*)
    list(TRANSFORM STOWAWAY_PAGE_NAMES PREPEND ${STOWAWAY_PAGES_WORK}/dist/ OUTPUT_VARIABLE STOWAWAY_PAGE_FILES)
    add_custom_command(
      OUTPUT ${STOWAWAY_PAGE_FILES}
      COMMAND ${STOWAWAY_NODE} node_modules/typescript/bin/tsc --noEmit -p ${CMAKE_SOURCE_DIR}/web
      COMMAND ${STOWAWAY_NODE} build.mjs ${CMAKE_SOURCE_DIR}/web dist
      WORKING_DIRECTORY ${STOWAWAY_PAGES_WORK}
      DEPENDS ${page_sources} ${CMAKE_SOURCE_DIR}/web/tsconfig.json ${STOWAWAY_PAGES_WORK}/build.mjs ${STOWAWAY_PAGES_WORK}/installed
      COMMENT "Building the web pages" VERBATIM)
  elseif(STOWAWAY_WEB STREQUAL "AUTO")
    message(STATUS "No web pages: npm is missing or cannot install what builds them (${STOWAWAY_PAGES_WORK}/npm.log)")
  else()
    message(FATAL_ERROR "STOWAWAY_WEB is ${STOWAWAY_WEB}, but npm is missing or cannot install what builds the pages (${STOWAWAY_PAGES_WORK}/npm.log)")
  endif()
endif()
