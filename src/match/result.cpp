#include "match/result.h"

namespace stowaway::match {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::identical: return "identical";
    case Verdict::subset: return "subset";
    case Verdict::modified: return "modified";
    case Verdict::fragment: return "fragment";
  }
  return "unknown";
}

std::string_view name_of(FileRelation relation) {
  switch (relation) {
    case FileRelation::identical: return "identical";
    case FileRelation::reformatted: return "reformatted";
    case FileRelation::other_release: return "other_release";
    case FileRelation::changed: return "changed";
    case FileRelation::added: return "added";
    case FileRelation::missing: return "missing";
  }
  return "unknown";
}

}  // namespace stowaway::match
