// A JSON report of `stowaway scan` as the subject of an audit. Foreign input: bounded, fuzzed
// (fuzz/fuzz_scan_report.cpp). Pure.
#pragma once

#include <string_view>

#include "advisory/audit.h"

namespace stowaway::advisory {

inline constexpr std::size_t kMaxReportBytes = std::size_t{256} << 20;

// True for a text that begins like such a report: cheap, for telling a report from a subject.
bool looks_like_scan_report(std::string_view first_bytes);

// Reads schema/scan-1.schema.json, format version 1. Fails with corrupt, unsupported (another
// schema or version) or limit_exceeded.
Result<AuditSubject> read_scan_report(std::string_view json);

}  // namespace stowaway::advisory
