#pragma once
#include <QStringList>
#include <atomic>
#include <functional>

#include "studio/history/stars_log.h"

namespace lorikeet {

class HistoryDatabase;

enum class ScanDepth {
  New,        ///< files that are not known yet or have another size
  Everything  ///< every file
};

struct HistoryScan {
  QStringList folders;
  StarsLog stars;  ///< for pictures that are new to the index
  ScanDepth depth = ScanDepth::New;
};

/// Reads pictures below the folders into the index, a hundred in one go, and forgets those whose files are gone; what
/// is on a drive that is not there now stays. `progress(done, total)` is called now and then. Ends early when `ending`
/// becomes true. Throws as HistoryDatabase does.
void bringUpToDate(HistoryDatabase& database, const HistoryScan& scan, const std::atomic<bool>& ending,
                   const std::function<void(int, int)>& progress);

}  // namespace lorikeet
