#pragma once
#include <lorikeet/request.h>

#include <QString>
#include <vector>

namespace lorikeet {

/// A folder that keeps the pictures and masks of requests that exist in memory alone, as PNGs named by their content,
/// so that such a request can be written down and read again. Equal pictures share a file. Safe on any thread.
class PictureVault {
 public:
  explicit PictureVault(QString folder) : folder_(std::move(folder)) {}

  /// The same request with every picture in a file. Throws Error(Io).
  GenerateRequest withFiles(const GenerateRequest& request) const;
  /// Removes files that none of the requests names and that are older than a day: a younger one may belong to a request
  /// that another program is about to write down.
  void keepOnly(const std::vector<GenerateRequest>& requests) const;

 private:
  template <class Pixels>
  void store(PixelSource<Pixels>& source) const;

  QString folder_;
};

}  // namespace lorikeet
