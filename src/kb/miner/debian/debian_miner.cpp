#include "kb/miner/debian/debian_miner.h"

#include "kb/miner/debian/apt_archive.h"
#include "kb/miner/debian/dsc_signature.h"
#include "kb/miner/tree_miner.h"

namespace stowaway::kb {
namespace {

Result<MineCount> mine_version(const AptArchive& archive, const source::Dsc& package,
                               const CatalogSource& source, PackBuilder& builder,
                               const MineOptions& options) {
  TreeRelease tree;
  tree.release.version = upstream_version(package.version);
  tree.release.revision = revision_of(package);
  tree.without = "debian/";
  if (tree.release.revision.empty())
    return fail(ErrorCode::corrupt, "the index gives no SHA-256 of a tarball");
  if (builder.has_release(tree.release.version, tree.release.revision)) return MineCount{};
  STOWAWAY_TRY(const std::string dsc, archive.fetch(package));
  STOWAWAY_TRY(tree.release.signature,
               check_dsc_signature(dsc, options.debian.keyrings, options.stop));
  if (tree.release.signature == "bad")
    return fail(ErrorCode::corrupt, "the signature of its .dsc is bad");
  STOWAWAY_TRY(const auto opened, source::open_subject(dsc));
  return mine_tree(*opened, std::move(tree), source, builder, options);
}

}  // namespace

Result<MineCount> mine_debian(const CatalogSource& source, PackBuilder& builder,
                              const MineOptions& options) {
  STOWAWAY_TRY(const AptArchive archive, AptArchive::open(options));
  STOWAWAY_TRY(const auto packages, archive.versions(source.location));
  MineCount count;
  std::uint64_t done = 0;
  for (const source::Dsc& package : packages) {
    if (options.progress != nullptr)
      options.progress->advance(source.location, done++, packages.size());
    const auto one = mine_version(archive, package, source, builder, options);
    if (one) {
      count.add(*one);
    } else if (one.error().code == ErrorCode::cancelled ||
               one.error().code == ErrorCode::invalid_argument) {
      return tl::unexpected<Error>(one.error());
    } else {
      count.errors.push_back(one.error().within(source.location + " " + package.version));
    }
  }
  return count;
}

}  // namespace stowaway::kb
