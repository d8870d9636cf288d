#include "generate/chunk_bar.h"

#include <QPainter>

namespace lorikeet {
namespace {

constexpr int kChunkBarHeight = 4;
constexpr double kChunkGap = 3;
constexpr int kChunkSize = 75;
constexpr size_t kMostLines = 12;  // of the tooltip

}  // namespace

ChunkBar::ChunkBar(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setChunks({0});
}

void ChunkBar::setChunks(const std::vector<int>& tokens) {
  tokens_ = tokens.empty() ? std::vector<int>{0} : tokens;
  QStringList lines{tr("The model reads a prompt in chunks of 75 tokens; words in one chunk know of each other")};
  for (size_t i = 0; i < tokens_.size() && i < kMostLines; ++i)
    lines << tr("Chunk %1: %2 of %3 tokens").arg(i + 1).arg(tokens_[i]).arg(kChunkSize);
  if (tokens_.size() > kMostLines) lines << tr("… %1 chunks in all").arg(tokens_.size());
  setToolTip(lines.join(u'\n'));
  update();
}

QSize ChunkBar::sizeHint() const { return {80, kChunkBarHeight}; }

void ChunkBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  const double count = double(tokens_.size());
  const double gap = std::min(kChunkGap, width() / count / 3);
  const double segment = (width() - gap * (count - 1)) / count;
  const double radius = std::min(kChunkBarHeight / 2.0, segment / 2);
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const QRectF area(double(i) * (segment + gap), (height() - kChunkBarHeight) / 2.0, segment, kChunkBarHeight);
    painter.setBrush(palette().color(QPalette::Mid));
    painter.drawRoundedRect(area, radius, radius);
    const double share = std::clamp(double(tokens_[i]) / kChunkSize, 0.0, 1.0);
    if (share == 0) continue;
    painter.setBrush(palette().color(QPalette::Highlight));
    painter.drawRoundedRect(QRectF(area.topLeft(), QSizeF(std::max(area.width() * share, 2 * radius), kChunkBarHeight)),
                            radius, radius);
  }
}

}  // namespace lorikeet
