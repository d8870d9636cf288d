#pragma once
#include <QString>
#include <exception>

#include "studio/jobs/convert.h"

namespace lorikeet {

/// What `work` threw, as a sentence; empty when it came back.
template <class Work>
QString problemOf(Work work) {
  try {
    work();
    return {};
  } catch (const std::exception& error) {
    return toQString(error.what());
  }
}

}  // namespace lorikeet
