#include "lorikeet/steering.h"

namespace lorikeet {

Image controlMap(const Image& picture, const ControlUnit& unit) {
  switch (unit.type) {
    case ControlType::Map:
      return picture;
    case ControlType::Canny:
      return cannyEdges(picture, unit.canny);
    case ControlType::Invert:
      return invertColours(picture);
    case ControlType::LineArt:
      return softLineArt(picture);
  }
  return picture;
}

}  // namespace lorikeet
