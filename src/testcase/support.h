// What every case's program may use: the words with which it speaks to the runner. Part of what
// builds a verdict, so its hash is part of a control's key.
#pragma once

#include <string_view>

namespace stowaway::testcase {

std::string_view support_header();  // stowaway_case.h, for C and C++
std::string_view support_module();  // stowaway_case.js, for node

}  // namespace stowaway::testcase
