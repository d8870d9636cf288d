#include "widgets/duration_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

QString words(const char* text) { return QCoreApplication::translate("lorikeet::DurationText", text); }

}  // namespace

QString durationText(double seconds) {
  const qint64 minutes = std::llround(seconds / 60);
  if (seconds < 90) return words("about %1 s").arg(std::max<qint64>(1, std::llround(seconds)));
  if (minutes < 90) return words("about %1 min").arg(minutes);
  return words("about %1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString timeLeftText(double seconds) { return words("%1 left").arg(durationText(seconds)); }

}  // namespace lorikeet
