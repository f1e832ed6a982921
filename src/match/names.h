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

// Whether nothing but words that any library may have in its title is left ("core", "js").
// `plain`: as plain_name() has it.
bool is_generic(std::string_view plain);

// "jQuery UI Core" of jquery-ui, but "jQuery Color" not of jquery: what follows the name is
// generic.
bool is_title_of(std::string_view title, const std::vector<std::string>& plain_names);

}  // namespace stowaway::match
