#include "kb/repository/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stowaway::kb {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view kFormat = "stowaway-kb-repository-1";
constexpr std::size_t kMaxPacks = 1'000'000, kMaxNameBytes = 200;
constexpr std::uint64_t kMaxPackBytes = std::uint64_t{4} << 30;

bool is_component(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= kMaxNameBytes && plain(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return plain(c) || c == '+' || c == '.' || c == '_' || c == '-';
         });
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Result<void> check(const Listing& listing) {
  const auto wrong = [](std::string_view what) {
    return fail(ErrorCode::corrupt, "the list of the knowledge base is damaged: {}", what);
  };
  if (listing.name.empty() || listing.name.size() > kMaxNameBytes) return wrong("its name");
  if (listing.number == 0) return wrong("its number");
  if (!is_time(listing.published) || !is_time(listing.expires)) return wrong("its dates");
  if (listing.packs.size() > kMaxPacks)
    return fail(ErrorCode::limit_exceeded, "the list names more than {} packs", kMaxPacks);
  for (std::size_t i = 0; i < listing.packs.size(); ++i) {
    const ListedPack& pack = listing.packs[i];
    if (!is_component(pack.component)) return wrong("the name of a component");
    if (!is_sha256(pack.sha256)) return wrong("a hash");
    if (pack.bytes == 0 || pack.bytes > kMaxPackBytes) return wrong("a size");
    if (i > 0 && listing.packs[i - 1].component >= pack.component) return wrong("its order");
  }
  return {};
}

}  // namespace

std::string path_of(const ListedPack& pack) {
  return fmt::format("packs/{}-{}.pack", pack.component, pack.sha256.substr(0, 32));
}

bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           return form == 'd' ? c >= '0' && c <= '9' : c == form;
         });
}

std::string encode_listing(const Listing& listing) {
  Json packs = Json::array();
  for (const ListedPack& pack : listing.packs)
    packs.push_back(Json{{"component", pack.component},
                         {"path", path_of(pack)},
                         {"bytes", pack.bytes},
                         {"sha256", pack.sha256},
                         {"releases", pack.releases}});
  return Json{{"format", kFormat},          {"name", listing.name},
              {"number", listing.number},   {"published", listing.published},
              {"expires", listing.expires}, {"packs", std::move(packs)}}
             .dump(1) +
         "\n";
}

Result<Listing> decode_listing(std::string_view text) {
  if (text.size() > kMaxListingBytes)
    return fail(ErrorCode::limit_exceeded, "the list is longer than {} bytes", kMaxListingBytes);
  try {
    const Json json = Json::parse(text);
    if (const auto format = json.at("format").get<std::string>(); format != kFormat)
      return fail(ErrorCode::unsupported, "the list has another format; this program reads {}",
                  kFormat);
    Listing listing;
    json.at("name").get_to(listing.name);
    json.at("number").get_to(listing.number);
    json.at("published").get_to(listing.published);
    json.at("expires").get_to(listing.expires);
    for (const Json& one : json.at("packs")) {
      ListedPack& pack = listing.packs.emplace_back();
      one.at("component").get_to(pack.component);
      one.at("bytes").get_to(pack.bytes);
      one.at("sha256").get_to(pack.sha256);
      one.at("releases").get_to(pack.releases);
      if (pack.sha256.size() != 64 || one.at("path").get<std::string>() != path_of(pack))
        return fail(ErrorCode::corrupt, "the list of the knowledge base is damaged: a path");
    }
    STOWAWAY_TRY_VOID(check(listing));
    return listing;
  } catch (const Json::exception&) {
    return fail(ErrorCode::corrupt, "the list of the knowledge base is damaged: no such JSON");
  }
}

}  // namespace stowaway::kb
