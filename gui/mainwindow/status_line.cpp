#include "mainwindow/status_line.h"

#include <unistd.h>

#include <QFile>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QStyle>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr int kBarSteps = 1000;

/// Resident size of this process, 0 where it cannot be told.
qint64 residentBytes() {
  QFile file(QStringLiteral("/proc/self/statm"));
  if (!file.open(QIODevice::ReadOnly)) return 0;
  const QList<QByteArray> fields = file.readAll().split(' ');
  return fields.size() > 1 ? fields[1].toLongLong() * sysconf(_SC_PAGESIZE) : 0;
}

QString describeStage(const Progress& progress) {
  switch (progress.stage) {
    case Stage::Loading:
      return StatusLine::tr("Loading the model…");
    case Stage::Text:
      return StatusLine::tr("Reading the prompt…");
    case Stage::Denoising:
      return StatusLine::tr("Step %1 of %2").arg(progress.step).arg(progress.stepCount);
    case Stage::Decoding:
      return StatusLine::tr("Developing the picture…");
  }
  return {};
}

QString describeSpeed(double secondsPerStep) {
  if (secondsPerStep >= 0.95) return StatusLine::tr("%L1 s a step").arg(secondsPerStep, 0, 'f', 1);
  return StatusLine::tr("%L1 ms a step").arg(std::lround(secondsPerStep * 1000));
}

}  // namespace

double shareDone(const Progress& progress) {
  if (progress.stepCount <= 0 || progress.imageCount <= 0) return 0;
  const double ofImage = progress.stage == Stage::Decoding ? 1.0 : double(progress.step) / progress.stepCount;
  const bool begun = progress.stage == Stage::Denoising || progress.stage == Stage::Decoding;
  return std::clamp((progress.imageIndex + (begun ? ofImage : 0)) / progress.imageCount, 0.0, 1.0);
}

QString describeSeconds(double seconds) {
  const qint64 whole = std::max<qint64>(1, std::llround(seconds));
  if (whole < 60) return StatusLine::tr("%1 s").arg(whole);
  if (whole < 3600) return StatusLine::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return StatusLine::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString describe(const Progress& progress) {
  QStringList parts;
  if (progress.imageCount > 1)
    parts << StatusLine::tr("Picture %1 of %2").arg(progress.imageIndex + 1).arg(progress.imageCount);
  parts << describeStage(progress);
  if (progress.secondsPerStep > 0 && progress.stage == Stage::Denoising)
    parts << describeSpeed(progress.secondsPerStep);
  if (progress.secondsLeft > 0) parts << StatusLine::tr("%1 left").arg(describeSeconds(progress.secondsLeft));
  return parts.join(QStringLiteral("  ·  "));
}

StatusLine::StatusLine(QWidget* parent)
    : QWidget(parent),
      text_(new QLabel(this)),
      bar_(new QProgressBar(this)),
      need_(new QLabel(this)),
      memory_(new QLabel(this)) {
  text_->setObjectName(QStringLiteral("statusText"));
  bar_->setObjectName(QStringLiteral("progressBar"));
  bar_->setRange(0, kBarSteps);
  bar_->setTextVisible(false);
  bar_->setFixedWidth(220);
  bar_->hide();
  need_->setObjectName(QStringLiteral("memoryNeed"));
  need_->setProperty("role", "quiet");
  memory_->setObjectName(QStringLiteral("memoryText"));
  memory_->setToolTip(tr("Memory that Lorikeet uses now"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(10, 3, 10, 3);
  layout->setSpacing(14);
  layout->addWidget(text_, 1);
  layout->addWidget(bar_);
  layout->addWidget(need_);
  layout->addWidget(memory_);
  memoryTimer_.setInterval(2000);
  connect(&memoryTimer_, &QTimer::timeout, this, &StatusLine::showMemory);
  memoryTimer_.start();
  showMemory();
}

void StatusLine::showProgress(const Progress& progress) {
  text_->setText(describe(progress));
  const bool unknown = progress.stage == Stage::Loading;
  bar_->setRange(0, unknown ? 0 : kBarSteps);
  if (!unknown) bar_->setValue(int(shareDone(progress) * kBarSteps));
  bar_->show();
}

void StatusLine::showStopping() { text_->setText(tr("Stopping…")); }

void StatusLine::showIdle(const QString& text) {
  text_->setText(text);
  bar_->hide();
}

void StatusLine::showNeed(const QString& text, const QString& toolTip, bool isTooMuch) {
  need_->setText(text);
  need_->setToolTip(toolTip);
  need_->setProperty("role", isTooMuch ? "problem" : "quiet");
  need_->style()->unpolish(need_);
  need_->style()->polish(need_);
}

void StatusLine::showMemory() {
  const qint64 bytes = residentBytes();
  memory_->setText(bytes > 0 ? QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat) : QString());
}

}  // namespace lorikeet
