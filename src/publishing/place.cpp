#include "publishing/place.h"

namespace nocturn::publishing {

using inventory::CopyTarget;

std::unique_ptr<Place> make_place(const CopyTarget& target, PlaceTools tools) {
  switch (target.kind) {
    case CopyTarget::Kind::folder: return make_folder_place(target, std::move(tools));
    case CopyTarget::Kind::rsync: return make_rsync_place(target, std::move(tools));
    case CopyTarget::Kind::sftp: return make_sftp_place(target, std::move(tools));
    case CopyTarget::Kind::s3: return make_bucket_place(target, std::move(tools));
  }
  return nullptr;
}

std::string address_of(const CopyTarget& target) {
  switch (target.kind) {
    case CopyTarget::Kind::folder: return target.folder;
    case CopyTarget::Kind::rsync:
    case CopyTarget::Kind::sftp: return target.ssh.account + ":" + target.ssh.path;
    case CopyTarget::Kind::s3:
      return fmt::format("{}/{}/{}", target.bucket.endpoint, target.bucket.bucket,
                         target.bucket.prefix);
  }
  return {};
}

}  // namespace nocturn::publishing
