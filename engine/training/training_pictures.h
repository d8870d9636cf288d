#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "lorikeet/training.h"

namespace lorikeet {

/// One picture of a data set.
struct TrainingPicture {
  std::filesystem::path file;
  std::string caption;
  bool hasOwnCaption = false;  ///< read from a file beside it
  int repeats = 1;
  int width = 0;   ///< pixels as shown
  int height = 0;  ///< pixels as shown
};

/// The pictures of a data set's folder, sorted by path; only headers are read. Throws Error for a folder without any,
/// for captions without a picture, pictures without a caption, unreadable and tiny ones: the first in the message, all
/// in the details. Throws Stopped.
std::vector<TrainingPicture> findTrainingPictures(const TrainingData& data, const std::stop_token& stop = {});

/// Tells data sets apart: names, sizes, captions, repeats.
std::string fingerprintOf(const std::vector<TrainingPicture>& pictures, const std::filesystem::path& folder);

}  // namespace lorikeet
