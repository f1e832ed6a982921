// Names of components, compared without case, separators and punctuation. Pure; safe from any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kb/kb.h"

namespace stowaway::match {

std::string plain_name(std::string_view text);  // "libjpeg-turbo" → "libjpegturbo"

// The component's name and aliases, in plain form, those of three letters and more.
std::vector<std::string> plain_names_of(const kb::ComponentView& component);

// Whether `text` contains one of the names, in plain form.
bool mentions(const std::vector<std::string>& plain_names, std::string_view text);

}  // namespace stowaway::match
