#include "studio/control/control_entry.h"

#include "studio/jobs/convert.h"

namespace lorikeet {

void setPictureOf(ControlEntry& entry, const QImage& picture, const QString& file) {
  entry.picture = picture;
  if (picture.isNull()) {
    entry.unit.picture = {};
  } else if (!file.isEmpty()) {
    entry.unit.picture = toPath(file);
  } else {
    entry.unit.picture = fromQImage(picture);
  }
}

}  // namespace lorikeet
