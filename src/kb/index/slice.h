// A part of a knowledge base as an index of its own: what a store found for the keys that one
// subject asks for. Within these keys it answers as the whole would: the components concerned are
// there with all their releases and paths, in the same order, and who owns what was decided over
// the whole.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "fingerprint/normalise.h"
#include "kb/index/directory.h"
#include "kb/index/layout.h"
#include "kb/pack/digest.h"

namespace stowaway::kb {

// Positions of components count in Slice::components, those of paths and file versions within the
// component.
struct SliceContent {
  fingerprint::NormalisedId normalised;
  index::Sha256Prefix sha256;
  std::uint64_t md5;  // its first eight bytes, as a big-endian number
  std::uint32_t size_bytes, component, file_version;
};

struct SliceShingle {
  std::uint64_t key;
  std::uint32_t component, path;
  std::uint16_t first, last;
};

struct SliceComponent {
  const PackDirectory* directory;  // borrowed for the call; without paths where nothing was found
  std::vector<bool> carried;       // of each file version of the directory
};

struct Slice {
  std::vector<SliceComponent> components;  // in the order of their names
  std::vector<SliceContent> contents;      // any order; repeats count once
  std::vector<SliceShingle> shingles;      // the same
};

// Fails with invalid_argument (positions that do not exist), limit_exceeded or io.
Result<void> build_slice(Slice slice, const KbId& id, const std::string& out_file);

}  // namespace stowaway::kb
