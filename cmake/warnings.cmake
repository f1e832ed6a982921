# Compiler flags that every target of this project gets.
add_library(stowaway_flags INTERFACE)
target_compile_options(stowaway_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms in string concatenation at -O3: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105329
  target_compile_options(stowaway_flags INTERFACE -Wno-restrict)
endif()
if(STOWAWAY_WERROR)
  target_compile_options(stowaway_flags INTERFACE -Werror)
endif()
if(STOWAWAY_SANITIZE)
  target_compile_options(stowaway_flags INTERFACE -fsanitize=${STOWAWAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(stowaway_flags INTERFACE -fsanitize=${STOWAWAY_SANITIZE})
endif()
