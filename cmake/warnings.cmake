# Compiler flags that every target of this project gets.
add_library(stowaway_flags INTERFACE)
target_compile_options(stowaway_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -fno-omit-frame-pointer)
if(STOWAWAY_WERROR)
  target_compile_options(stowaway_flags INTERFACE -Werror)
endif()
if(STOWAWAY_SANITIZE)
  target_compile_options(stowaway_flags INTERFACE -fsanitize=${STOWAWAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(stowaway_flags INTERFACE -fsanitize=${STOWAWAY_SANITIZE})
endif()
