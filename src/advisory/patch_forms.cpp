#include "advisory/patch_forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "advisory/patch/item_text.h"
#include "base/atomic_file.h"
#include "base/text.h"

namespace stowaway::advisory {
namespace {

using Json = nlohmann::json;
using patch::make_set;

constexpr std::string_view kFormat = "stowaway-forms-1";
constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxTextBytes = 4096;

template <class T>
void add_to_set(std::vector<T>& set, std::vector<T> more) {
  set.insert(set.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::ranges::sort(set);
  set.erase(std::unique(set.begin(), set.end()), set.end());
}

std::vector<FormHash> in_both(const std::vector<FormHash>& a, const std::vector<FormHash>& b) {
  std::vector<FormHash> out;
  std::ranges::set_intersection(a, b, std::back_inserter(out));
  return out;
}

void take_out(std::vector<FormHash>& set, const std::vector<FormHash>& what) {
  std::erase_if(set, [&](FormHash hash) { return std::ranges::binary_search(what, hash); });
}

bool files_meet(const FormItem& a, const FormItem& b) {
  return std::ranges::any_of(a.files, [&](const std::string& file) {
    return std::ranges::find(b.files, file) != b.files.end();
  });
}

bool same_item(const FormItem& a, const FormItem& b) {
  return a.kind == b.kind && a.name == b.name && a.by_whole == b.by_whole && files_meet(a, b) &&
         (a.kind != ItemKind::hunk || a.edits == b.edits);
}

void merge_item(FormItem& item, FormItem more) {
  add_to_set(item.files, std::move(more.files));
  add_to_set(item.vulnerable, std::move(more.vulnerable));
  add_to_set(item.fixed, std::move(more.fixed));
  add_to_set(item.neutral, std::move(more.neutral));
  add_to_set(item.edits, std::move(more.edits));
}

// None in two of the sets.
void settle(FormItem& item) {
  std::ranges::sort(item.files);
  const auto disputed = in_both(item.vulnerable, item.fixed);
  take_out(item.vulnerable, disputed);
  take_out(item.fixed, disputed);
  add_to_set(item.neutral, disputed);
  take_out(item.neutral, item.vulnerable);
  take_out(item.neutral, item.fixed);
}

bool before(const FormItem& a, const FormItem& b) {
  return std::tie(a.kind, a.name, a.by_whole, a.files, a.edits) <
         std::tie(b.kind, b.name, b.by_whole, b.files, b.edits);
}

// Hashes as one text: 16 hex digits each.
std::string hex_of(const std::vector<FormHash>& hashes) {
  std::string out;
  for (const FormHash hash : hashes) out += fmt::format("{:016x}", hash);
  return out;
}

Json json_of(const FormItem& item) {
  Json out{{"kind", name_of(item.kind)}, {"files", item.files}};
  if (!item.name.empty()) out["name"] = item.name;
  if (item.by_whole) out["by"] = "whole";
  for (const auto& [key, hashes] :
       {std::pair("vulnerable", &item.vulnerable), std::pair("fixed", &item.fixed),
        std::pair("neutral", &item.neutral)})
    if (!hashes->empty()) out[key] = hex_of(*hashes);
  for (const FormEdit& edit : item.edits) {
    Json one = Json::object();
    for (const auto& [key, hashes] :
         {std::pair("removed", &edit.removed), std::pair("added", &edit.added),
          std::pair("removed_pairs", &edit.removed_pairs),
          std::pair("added_pairs", &edit.added_pairs)})
      if (!hashes->empty()) one[key] = hex_of(*hashes);
    out["edits"].push_back(std::move(one));
  }
  return out;
}

Result<std::string> text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return fail(ErrorCode::corrupt, "\"{}\" is no text", key);
  std::string text = found->get<std::string>();
  if (text.size() > kMaxTextBytes) return fail(ErrorCode::limit_exceeded, "a long \"{}\"", key);
  return text;
}

Result<std::vector<std::string>> texts_at(const Json& object, const char* key) {
  std::vector<std::string> texts;
  const auto found = object.find(key);
  if (found == object.end()) return texts;
  if (!found->is_array()) return fail(ErrorCode::corrupt, "\"{}\" is no list", key);
  for (const Json& one : *found) {
    if (!one.is_string()) return fail(ErrorCode::corrupt, "\"{}\" has what is no text", key);
    texts.push_back(one.get<std::string>());
    if (texts.back().size() > kMaxTextBytes)
      return fail(ErrorCode::limit_exceeded, "a long text in \"{}\"", key);
  }
  std::ranges::sort(texts);
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

Result<std::vector<FormHash>> hashes_at(const Json& object, const char* key) {
  std::vector<FormHash> hashes;
  const auto found = object.find(key);
  if (found == object.end()) return hashes;
  if (!found->is_string()) return fail(ErrorCode::corrupt, "\"{}\" is no text", key);
  const std::string& text = found->get_ref<const std::string&>();
  if (text.size() % 16 != 0) return fail(ErrorCode::corrupt, "\"{}\" is cut short", key);
  for (std::size_t at = 0; at < text.size(); at += 16) {
    FormHash hash = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      const int value = hex_value(text[at + i]);
      if (value < 0) return fail(ErrorCode::corrupt, "\"{}\" is not hex", key);
      hash = hash << 4 | static_cast<FormHash>(value);
    }
    hashes.push_back(hash);
  }
  make_set(hashes);
  return hashes;
}

Result<FormEdit> edit_of(const Json& json) {
  FormEdit edit;
  if (!json.is_object()) return fail(ErrorCode::corrupt, "an edit is no object");
  STOWAWAY_TRY(edit.removed, hashes_at(json, "removed"));
  STOWAWAY_TRY(edit.added, hashes_at(json, "added"));
  STOWAWAY_TRY(edit.removed_pairs, hashes_at(json, "removed_pairs"));
  STOWAWAY_TRY(edit.added_pairs, hashes_at(json, "added_pairs"));
  return edit;
}

Result<FormItem> item_of(const Json& json) {
  FormItem item;
  if (!json.is_object()) return fail(ErrorCode::corrupt, "an item is no object");
  STOWAWAY_TRY(const std::string kind, text_at(json, "kind"));
  bool known = false;
  for (const ItemKind one :
       {ItemKind::function, ItemKind::macro, ItemKind::declaration, ItemKind::rest, ItemKind::hunk})
    if (name_of(one) == kind) {
      item.kind = one;
      known = true;
    }
  if (!known) return fail(ErrorCode::corrupt, "an item of unknown kind");
  STOWAWAY_TRY(item.name, text_at(json, "name"));
  STOWAWAY_TRY(const std::string by, text_at(json, "by"));
  item.by_whole = by == "whole";
  STOWAWAY_TRY(item.files, texts_at(json, "files"));
  STOWAWAY_TRY(item.vulnerable, hashes_at(json, "vulnerable"));
  STOWAWAY_TRY(item.fixed, hashes_at(json, "fixed"));
  STOWAWAY_TRY(item.neutral, hashes_at(json, "neutral"));
  if (const auto edits = json.find("edits"); edits != json.end() && edits->is_array())
    for (const Json& one : *edits) {
      STOWAWAY_TRY(FormEdit edit, edit_of(one));
      item.edits.push_back(std::move(edit));
    }
  std::ranges::sort(item.edits);
  item.edits.erase(std::unique(item.edits.begin(), item.edits.end()), item.edits.end());
  return item;
}

// An advisory's id as a file name; "" where it is none.
std::string file_for(const std::string& directory, const std::string& advisory) {
  const bool plain = !advisory.empty() && advisory.size() <= 100 && advisory.front() != '.' &&
                     std::ranges::all_of(advisory, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                              c == ':';
                     });
  return plain ? directory + "/" + advisory + ".json" : "";
}

}  // namespace

std::string_view name_of(ItemKind kind) {
  switch (kind) {
    case ItemKind::function: return "function";
    case ItemKind::macro: return "macro";
    case ItemKind::declaration: return "declaration";
    case ItemKind::rest: return "rest";
    case ItemKind::hunk: return "hunk";
  }
  return "";
}

void merge(Forms& forms, Forms more) {
  if (forms.advisory.empty()) forms.advisory = more.advisory;
  add_to_set(forms.sources, std::move(more.sources));
  for (FormItem& item : more.items) {
    const auto same = std::ranges::find_if(
        forms.items, [&](const FormItem& one) { return same_item(one, item); });
    if (same == forms.items.end())
      forms.items.push_back(std::move(item));
    else
      merge_item(*same, std::move(item));
  }
  for (FormItem& item : forms.items) settle(item);
  std::ranges::sort(forms.items, before);
}

std::string write_forms(const Forms& forms) {
  Json out{{"format", kFormat},
           {"normalisation", patch::kFormsNormalisation},
           {"advisory", forms.advisory},
           {"sources", forms.sources},
           {"items", Json::array()}};
  for (const FormItem& item : forms.items) out["items"].push_back(json_of(item));
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Forms> read_forms(std::string_view json) {
  if (json.size() > kMaxFormsBytes)
    return fail(ErrorCode::limit_exceeded, "over {} bytes", kMaxFormsBytes);
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth < kMaxDepth; };
  const Json parsed = Json::parse(json.begin(), json.end(), shallow, /*allow_exceptions=*/false);
  if (parsed.is_discarded() || !parsed.is_object())
    return fail(ErrorCode::corrupt, "not a JSON object");
  STOWAWAY_TRY(const std::string format, text_at(parsed, "format"));
  if (format != kFormat) return fail(ErrorCode::unsupported, "not of the format {}", kFormat);
  const auto version = parsed.find("normalisation");
  if (version == parsed.end() || !version->is_number_unsigned() ||
      version->get<std::uint64_t>() != patch::kFormsNormalisation)
    return fail(ErrorCode::unsupported,
                "learnt by another version of stowaway: learn the forms again");
  Forms forms;
  STOWAWAY_TRY(forms.advisory, text_at(parsed, "advisory"));
  STOWAWAY_TRY(forms.sources, texts_at(parsed, "sources"));
  if (const auto items = parsed.find("items"); items != parsed.end() && items->is_array())
    for (const Json& one : *items) {
      STOWAWAY_TRY(FormItem item, item_of(one));
      settle(item);
      forms.items.push_back(std::move(item));
    }
  std::ranges::sort(forms.items, before);
  return forms;
}

Result<void> FormsDirectory::add(Forms forms) const {
  const std::string file = file_for(directory_, forms.advisory);
  if (file.empty())
    return fail(ErrorCode::invalid_argument, "\"{}\" is no name for an advisory",
                escape_for_terminal(forms.advisory));
  STOWAWAY_TRY(Forms all, of(forms.advisory));
  merge(all, std::move(forms));
  std::error_code failed;
  std::filesystem::create_directories(directory_, failed);
  const std::string text = write_forms(all);
  return write_file_atomically(file, std::as_bytes(std::span(text)));
}

Result<Forms> FormsDirectory::of(const std::string& advisory) const {
  const std::string file = file_for(directory_, advisory);
  std::error_code failed;
  Forms none;
  none.advisory = advisory;
  if (file.empty() || !std::filesystem::exists(file, failed)) return none;
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxFormsBytes));
  auto forms = read_forms({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!forms) return tl::unexpected<Error>(forms.error().within(file));
  return forms;
}

std::vector<std::string> FormsDirectory::advisories() const {
  std::vector<std::string> names;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(directory_, failed), end; !failed && at != end;
       at.increment(failed))
    if (at->path().extension() == ".json") names.push_back(at->path().stem().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace stowaway::advisory
