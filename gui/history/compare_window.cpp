#include "history/compare_window.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QImageReader>
#include <QKeyEvent>
#include <QLabel>
#include <QSplitter>
#include <algorithm>

#include "history/difference_table.h"
#include "studio/jobs/convert.h"

namespace lorikeet {

CompareWindow::CompareWindow(QWidget* parent) : QWidget(parent, Qt::Window), queue_(this) {
  setObjectName(QStringLiteral("compareWindow"));
  setAttribute(Qt::WA_DeleteOnClose);
  auto* pictures = new QWidget(this);
  grid_ = new QGridLayout(pictures);
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setSpacing(2);
  auto* lower = new QWidget(this);
  onlyDifferences_ = new QCheckBox(tr("Only what &differs"), lower);
  onlyDifferences_->setObjectName(QStringLiteral("onlyDifferences"));
  onlyDifferences_->setToolTip(tr("Leave out the settings that are the same in all pictures"));
  onlyDifferences_->setChecked(true);
  verdict_ = new QLabel(lower);
  verdict_->setObjectName(QStringLiteral("differenceVerdict"));
  verdict_->setProperty("role", QStringLiteral("quiet"));
  table_ = new DifferenceTable(lower);
  connect(onlyDifferences_, &QCheckBox::toggled, table_, &DifferenceTable::setOnlyDifferences);
  auto* line = new QHBoxLayout;
  line->setContentsMargins(10, 6, 10, 6);
  line->addWidget(onlyDifferences_);
  line->addStretch(1);
  line->addWidget(verdict_);
  auto* lowerLayout = new QVBoxLayout(lower);
  lowerLayout->setContentsMargins(0, 0, 0, 0);
  lowerLayout->setSpacing(0);
  lowerLayout->addLayout(line);
  lowerLayout->addWidget(table_, 1);
  auto* splitter = new QSplitter(Qt::Vertical, this);
  splitter->addWidget(pictures);
  splitter->addWidget(lower);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 1);
  splitter->setChildrenCollapsible(false);
  splitter->setSizes({460, 260});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(splitter);
  resize(980, 720);
}

void CompareWindow::showPictures(const QList<HistoryEntry>& pictures) {
  ++round_;
  for (ComparePane* pane : panes_) delete pane;
  panes_.clear();
  captions_.clear();
  const auto count = std::min(size_t(pictures.size()), kMostPictures);
  settings_.assign(count, std::nullopt);
  for (size_t i = 0; i < count; ++i) addPane(pictures[qsizetype(i)]);
  const bool isOne = count == 1;
  setWindowTitle(isOne ? captions_.front() : tr("%1 pictures compared").arg(count));
  onlyDifferences_->setVisible(!isOne);
  showSettings();
}

void CompareWindow::addPane(const HistoryEntry& picture) {
  const size_t place = panes_.size();
  const QString name = QFileInfo(picture.file).completeBaseName();
  captions_ << (settings_.size() == 1 ? name : QStringLiteral("%1 · %2").arg(QChar(u'A' + char16_t(place))).arg(name));
  auto* pane = new ComparePane(captions_.back(), this);
  const size_t columns = settings_.size() == kMostPictures ? 2 : settings_.size();
  grid_->addWidget(pane, int(place / columns), int(place % columns));
  connect(pane, &ComparePane::viewChosen, this, [this](const CompareView& view) {
    for (ComparePane* other : panes_) other->setView(view);
  });
  panes_.push_back(pane);
  queue_.run([file = picture.file] { return load(file); },
             [this, round = round_, place](const Loaded& loaded) { take(round, place, loaded); });
}

CompareWindow::Loaded CompareWindow::load(const QString& file) {
  Loaded loaded;
  QImageReader reader(file);
  reader.setAutoTransform(true);
  loaded.image = reader.read();
  if (loaded.image.isNull()) loaded.problem = tr("%1 cannot be read: %2.").arg(file, reader.errorString());
  try {
    loaded.settings = readPictureSettings(toPath(file));
  } catch (const std::exception&) {
    loaded.settings.reset();  // the pane says why the file cannot be read
  }
  return loaded;
}

void CompareWindow::take(quint64 round, size_t place, const Loaded& loaded) {
  if (round != round_) return;
  settings_[place] = loaded.settings;
  loaded.problem.isEmpty() ? panes_[place]->setPicture(loaded.image) : panes_[place]->setProblem(loaded.problem);
  showSettings();
}

void CompareWindow::showSettings() {
  const std::vector<SettingRow> rows = compareSettings(settings_);
  table_->setSettings(captions_, rows);
  const auto differing = std::ranges::count_if(rows, &SettingRow::differs);
  verdict_->setText(settings_.size() < 2 ? QString()
                    : differing == 0     ? tr("Nothing differs")
                    : differing == 1     ? tr("1 setting differs")
                                         : tr("%1 settings differ").arg(differing));
}

void CompareWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    close();
  } else {
    QWidget::keyPressEvent(event);
  }
}

}  // namespace lorikeet
