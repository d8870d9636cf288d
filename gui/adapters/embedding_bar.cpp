#include "adapters/embedding_bar.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "studio/adapters/adapter_stack_model.h"
#include "studio/jobs/convert.h"
#include "widgets/flow_layout.h"
#include "widgets/icons.h"

namespace lorikeet {

EmbeddingBar::EmbeddingBar(AdapterStackModel& model, QWidget* parent)
    : QWidget(parent), model_(model), chips_(new QWidget(this)) {
  setObjectName(QStringLiteral("embeddingBar"));
  auto* title = new QLabel(tr("Textual inversions"), this);
  title->setProperty("role", QStringLiteral("quiet"));
  title->setToolTip(tr("Learned words: each works where the prompt names it"));
  new FlowLayout(4, chips_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(10, 8, 10, 8);
  column->setSpacing(4);
  column->addWidget(title);
  column->addWidget(chips_);
  connect(&model, &AdapterStackModel::embeddingsChanged, this, &EmbeddingBar::rebuild);
  rebuild();
}

void EmbeddingBar::rebuild() {
  while (QLayoutItem* item = chips_->layout()->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  for (const auto& file : model_.state().embeddings) {
    QWidget* chip = makeChip(pathToQString(file));
    chips_->layout()->addWidget(chip);
    chip->show();
  }
  setVisible(!model_.state().embeddings.empty());
}

QWidget* EmbeddingBar::makeChip(const QString& file) {
  const QString word = QFileInfo(file).completeBaseName();  // triggers whatever the file calls itself
  auto* chip = new QWidget(chips_);
  auto* name = new QToolButton(chip);
  name->setObjectName(QStringLiteral("embeddingChip"));
  name->setProperty("role", QStringLiteral("chip"));
  name->setText(QString(word).replace(QLatin1Char('&'), QStringLiteral("&&")));
  name->setToolTip(tr("Put \"%1\" into the prompt\n%2").arg(word, file));
  connect(name, &QToolButton::clicked, this, [this, word] { emit wordClicked(word); });
  auto* remove = new QToolButton(chip);
  remove->setObjectName(QStringLiteral("embeddingRemove"));
  remove->setIcon(lineIcon(QStringLiteral("x")));
  remove->setIconSize({10, 10});
  remove->setToolTip(tr("Take this textual inversion away"));
  remove->setAccessibleName(tr("Remove %1").arg(word));
  connect(
      remove, &QToolButton::clicked, &model_, [&model = model_, file] { model.removeEmbedding(toPath(file)); },
      Qt::QueuedConnection);
  auto* line = new QHBoxLayout(chip);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(0);
  line->addWidget(name);
  line->addWidget(remove);
  return chip;
}

}  // namespace lorikeet
