# cmake -DOUTPUT=FILE -DOPENAPI=FILE -DSCHEMAS=LIST -DPAGES=LIST -P embed.cmake
# Writes the source that holds these files: src/server/texts.h. Bytes as numbers: a literal has a limit, and may end early.
function(bytes_of file out)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," numbers "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" numbers "${numbers}")
  set(${out} "${numbers}" PARENT_SCOPE)
endfunction()

function(table name files)
  set(entries "")
  set(count 0)
  foreach(file ${files})
    get_filename_component(short ${file} NAME)
    bytes_of(${file} bytes)
    string(APPEND source "constexpr unsigned char ${name}_${count}[] = {\n${bytes}0};\n")
    string(APPEND entries "  {\"${short}\", text_of(${name}_${count})},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND source "const std::vector<EmbeddedFile> ${name}{\n${entries}};\n")
  set(source "${source}" PARENT_SCOPE)
endfunction()

set(source "// Made by cmake/embed.cmake.\n#include \"server/texts.h\"\n\n#include <vector>\n\nnamespace stowaway::server {\nnamespace {\n\n\
// Without the zero that ends each: no array is empty.\n\
template <std::size_t N>\nstd::string_view text_of(const unsigned char (&bytes)[N]) {\n  return {reinterpret_cast<const char*>(bytes), N - 1};\n}\n")
table(kOpenapi "${OPENAPI}")
table(kSchemas "${SCHEMAS}")
table(kPages "${PAGES}")
string(APPEND source "\nstd::optional<std::string_view> named(const std::vector<EmbeddedFile>& files, std::string_view name) {\n\
  for (const EmbeddedFile& file : files)\n    if (file.name == name) return file.bytes;\n  return std::nullopt;\n}\n\n}  // namespace\n\n\
std::string_view openapi_text() { return kOpenapi.front().bytes; }\n\
std::optional<std::string_view> schema_text(std::string_view name) { return named(kSchemas, name); }\n\
std::optional<std::string_view> page_text(std::string_view name) { return named(kPages, name); }\n\n}  // namespace stowaway::server\n")
file(WRITE ${OUTPUT} "${source}")
