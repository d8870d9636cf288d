#pragma once
#include <QString>

namespace lorikeet {

/// An estimate as people say it: "about 7 s", "about 12 min", "about 2 h 5 min".
QString durationText(double seconds);
/// "about 7 s left"
QString timeLeftText(double seconds);

}  // namespace lorikeet
