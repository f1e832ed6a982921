// The OSV schema (https://ossf.github.io/osv-schema/), JSON: reading what publishers publish, and
// the same again in the form in which the store keeps it. Foreign input: bounded, fuzzed
// (fuzz/fuzz_osv.cpp). Pure; safe from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "advisory/record.h"
#include "base/result.h"

namespace stowaway::advisory {

// What one record may hold; what goes beyond is an error (bytes) or read over (the rest).
inline constexpr std::size_t kMaxRecordBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxRecordDepth = 32;
inline constexpr std::size_t kMaxAliases = 1000, kMaxAffected = 10'000, kMaxEvents = 100'000;

// What is wrong with a record that was left out: its place, and why.
using Complaint = std::function<void(const Error&)>;

// One record. Fails with corrupt (no JSON object, no id) or limit_exceeded.
Result<Record> read_record(std::string_view json);

// All records of a text: one object, an array of objects, or an object a line. Calls use(record) as
// each ends, so memory follows the largest record. A bad record is a complaint; the rest goes on.
// Fails with corrupt if the text is none of these, or with what `use` fails.
Result<void> read_records(std::string_view text, const std::function<Result<void>(Record)>& use,
                          const Complaint& complain);

// One line of JSON, ASCII only, an OSV record that read_record() reads back as it was.
std::string write_record(const Record& record);

}  // namespace stowaway::advisory
