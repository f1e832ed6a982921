#include "source/tree_files.h"

#include <algorithm>
#include <mutex>

#include "source/tree/tree_builder.h"

namespace stowaway::source {
namespace {

bool is_git_folder(std::string_view path) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (path.substr(at, end - at) == ".git") return true;
    at = end + 1;
  }
  return false;
}

// Of sources that give neither modes nor links.
class BuilderSink final : public Sink {
 public:
  explicit BuilderSink(TreeBuilder& builder) : builder_(builder) {}
  bool wants(std::string_view path) const override { return builder_.wants(path); }
  void on_file(unsigned, const FileView& file) override {
    const std::lock_guard lock(mutex_);
    if (!failed_) return;
    failed_ = builder_.add(file.path,
                           {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()},
                           TreeFile::Kind::file);
  }
  void on_identity(unsigned, std::string_view, const fingerprint::Md5&) override {}
  void on_gap(unsigned, Gap gap) override {
    const std::lock_guard lock(mutex_);
    if (builder_.wants(gap.path)) builder_.gap(std::move(gap));
  }
  const Result<>& outcome() const { return failed_; }

 private:
  TreeBuilder& builder_;
  std::mutex mutex_;
  Result<> failed_;
};

}  // namespace

bool TreeBuilder::wants(std::string_view path) const {
  if (is_git_folder(path)) return false;
  return root_.empty() || path == root_ ||
         (path.size() > root_.size() && path.starts_with(root_) && path[root_.size()] == '/');
}

Result<> TreeBuilder::add(std::string_view path, std::string bytes, TreeFile::Kind kind) {
  bytes_ += bytes.size();
  if (tree_.files.size() >= limits_.max_files)
    return fail(ErrorCode::limit_exceeded, "more than {} files", limits_.max_files);
  if (bytes_ > limits_.max_bytes)
    return fail(ErrorCode::limit_exceeded, "more than {} bytes", limits_.max_bytes);
  if (path == root_)
    path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0
  else if (!root_.empty())
    path.remove_prefix(root_.size() + 1);
  tree_.files.push_back({std::string(path), std::move(bytes), kind});
  return {};
}

TreeFiles TreeBuilder::take(bool knows_modes) {
  // A path that comes twice (archives may) is what came last, as for whoever unpacks it.
  std::ranges::stable_sort(tree_.files, {}, &TreeFile::path);
  std::vector<TreeFile> once;
  for (TreeFile& file : tree_.files) {
    if (!once.empty() && once.back().path == file.path) once.pop_back();
    once.push_back(std::move(file));
  }
  tree_.files = std::move(once);
  tree_.knows_modes = knows_modes;
  return std::move(tree_);
}

Result<> read_any_tree(Source& source, TreeBuilder& builder, const std::stop_token& stop) {
  BuilderSink sink(builder);
  Options options;
  options.stop = stop;
  options.limits.max_file_bytes = builder.limits().max_file_bytes;
  STOWAWAY_TRY(const Summary summary, source.deliver(sink, options));
  static_cast<void>(summary);
  return sink.outcome();
}

Result<TreeFiles> read_tree(const std::string& subject, const std::string& root,
                            const TreeLimits& limits, std::stop_token stop) {
  STOWAWAY_TRY(const auto source, open_subject(subject));
  const std::string_view kind = source->kind();
  TreeBuilder builder(root, limits);
  bool knows_modes = true;
  if (kind == "directory") {
    STOWAWAY_TRY_VOID(read_directory_tree(subject, root, builder, stop));
  } else if (kind == "git") {
    STOWAWAY_TRY_VOID(read_git_tree(subject, builder));
  } else if (kind == "archive") {
    STOWAWAY_TRY_VOID(read_archive_tree(subject, builder, stop));
  }
  TreeFiles tree = builder.take(true);
  if (tree.files.empty()) {  // another kind; or inside an archive inside the subject
    builder = TreeBuilder(root, limits);
    STOWAWAY_TRY_VOID(read_any_tree(*source, builder, stop));
    knows_modes = false;
    tree = builder.take(knows_modes);
  }
  if (tree.files.empty())
    return fail(ErrorCode::not_found, "nothing lies at \"{}\" of {}", root, subject);
  return tree;
}

void strip_common_top(TreeFiles& tree) {
  if (tree.files.empty()) return;
  const std::string top = tree.files.front().path.substr(0, tree.files.front().path.find('/') + 1);
  if (top.empty() || !std::ranges::all_of(tree.files, [&](const TreeFile& file) {
        return file.path.starts_with(top);
      }))
    return;
  for (TreeFile& file : tree.files) file.path.erase(0, top.size());
}

}  // namespace stowaway::source
