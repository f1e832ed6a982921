#include "report/writer.h"

#include <algorithm>
#include <array>

#include "fingerprint/identity.h"
#include "report/cyclonedx.h"
#include "report/declare.h"
#include "report/html.h"
#include "report/json.h"
#include "report/sarif.h"
#include "report/spdx.h"
#include "report/table.h"

namespace stowaway::report {
namespace {

struct Writer {
  Format format;
  Result<std::string> (*write)(const match::ScanResult& result, const Options& options);
};

// Lets a writer that cannot fail stand beside those that can.
template <std::string (*function)(const match::ScanResult&, const Options&)>
Result<std::string> always(const match::ScanResult& result, const Options& options) {
  return function(result, options);
}

// A new format: one file pair and one line here. docs/formats/ has a page for each.
constexpr std::array kWriters = {
    Writer{{"table", "for people: fits the terminal", "text/plain; charset=utf-8", ".txt"},
           always<write_table>},
    Writer{{"json", "everything that was found, in Stowaway's own schema", "application/json",
            ".json"},
           always<write_json>},
    Writer{{"cyclonedx", "CycloneDX 1.6 bill of materials, JSON",
            "application/vnd.cyclonedx+json; version=1.6", ".cdx.json"},
           always<write_cyclonedx>},
    Writer{{"spdx", "SPDX 2.3 document, JSON", "application/spdx+json", ".spdx.json"},
           write_spdx_json},
    Writer{{"spdx-tv", "SPDX 2.3 document, tag-value", "text/spdx", ".spdx"}, write_spdx_tag_value},
    Writer{{"sarif", "SARIF 2.1.0, for code scanning", "application/sarif+json", ".sarif.json"},
           always<write_sarif>},
    Writer{{"html", "one page for a browser, without scripts", "text/html; charset=utf-8", ".html"},
           always<write_html>},
    Writer{
        {"deb822", "the Embeds field for debian/control", "text/plain; charset=utf-8", ".control"},
        always<write_deb822>},
    Writer{
        {"rpm", "Provides: bundled() lines for a spec file", "text/plain; charset=utf-8", ".spec"},
        always<write_rpm>},
};

constexpr auto kFormats = [] {
  std::array<Format, kWriters.size()> formats{};
  std::transform(kWriters.begin(), kWriters.end(), formats.begin(),
                 [](const Writer& writer) { return writer.format; });
  return formats;
}();

std::string names_of_formats() {
  std::string names;
  for (const Format& format : kFormats) {
    if (!names.empty()) names += ", ";
    names += format.name;
  }
  return names;
}

}  // namespace

std::span<const Format> formats() { return kFormats; }

Result<std::string> write(std::string_view format, const match::ScanResult& result,
                          const Options& options) {
  for (const Writer& writer : kWriters) {
    if (writer.format.name == format) return writer.write(result, options);
  }
  return fail(ErrorCode::invalid_argument, "there is no report format \"{}\"; there are: {}",
              format, names_of_formats());
}

std::string stable_serial(const match::ScanResult& result) {
  const std::string content = write_json(result, Options{});
  auto digest = fingerprint::sha256_of(fingerprint::as_bytes(content));
  digest.bytes[6] = static_cast<std::uint8_t>((digest.bytes[6] & 0x0FU) | 0x80U);  // version 8
  digest.bytes[8] = static_cast<std::uint8_t>((digest.bytes[8] & 0x3FU) | 0x80U);  // variant
  const std::string hex = fingerprint::to_hex(digest);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20, 12);
}

}  // namespace stowaway::report
