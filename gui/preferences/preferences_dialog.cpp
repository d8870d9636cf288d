#include "preferences/preferences_dialog.h"

#include <lorikeet/adapter_tags.h>
#include <lorikeet/error.h>
#include <lorikeet/prepared_weights.h>

#include <QDir>
#include <QMessageBox>
#include <QSignalBlocker>
#include <functional>
#include <thread>

#include "studio/jobs/convert.h"
#include "ui_preferences_dialog.h"
#include "widgets/file_dialogs.h"

namespace lorikeet {
namespace {

constexpr double kGigabyte = 1e9;

}  // namespace

PreferencesDialog::PreferencesDialog(Settings& settings, const SpellChecker& spelling, QWidget* parent)
    : QDialog(parent), settings_(settings), ui_(std::make_unique<Ui::PreferencesDialog>()) {
  ui_->setupUi(this);
  ui_->themeBox->addItem(tr("As the system"), int(Theme::System));
  ui_->themeBox->addItem(tr("Light"), int(Theme::Light));
  ui_->themeBox->addItem(tr("Dark"), int(Theme::Dark));
  ui_->formatBox->addItem(tr("PNG"), int(PictureFormat::Png));
  ui_->formatBox->addItem(tr("JPEG"), int(PictureFormat::Jpeg));
  ui_->formatBox->addItem(tr("WebP"), int(PictureFormat::WebP));
  showDictionary(spelling.dictionaryFiles());
  ui_->threadsField->setMaximum(int(std::max(1u, std::thread::hardware_concurrency())));
  ui_->adaptersFolderField->setPlaceholderText(QDir::toNativeSeparators(pathToQString(defaultAdapterFolder())));
  showValues(settings.preferences());
  showPrepared();
  connectFields();
  connectPrepared();
}

PreferencesDialog::~PreferencesDialog() = default;

void PreferencesDialog::showDictionary(const DictionaryFiles& dictionary) {
  const bool isThere = !dictionary.name.isEmpty();
  ui_->spellingBox->setEnabled(isThere);
  ui_->spellingHint->setText(isThere
                                 ? tr("Dictionary: %1").arg(dictionary.name)
                                 : tr("No English dictionary was found. On Debian, install hunspell-en-us and start "
                                      "Lorikeet again."));
}

void PreferencesDialog::showValues(const Preferences& preferences) {
  showing_ = true;
  ui_->themeBox->setCurrentIndex(ui_->themeBox->findData(int(preferences.theme)));
  ui_->previewBox->setChecked(preferences.livePreview);
  ui_->modelFolderField->setText(QDir::toNativeSeparators(preferences.modelFolder));
  ui_->embeddingsFolderField->setText(QDir::toNativeSeparators(preferences.embeddingsFolder));
  ui_->adaptersFolderField->setText(QDir::toNativeSeparators(preferences.adaptersFolder));
  ui_->wildcardsFolderField->setText(QDir::toNativeSeparators(preferences.wildcardsFolder));
  ui_->picturesFolderField->setText(QDir::toNativeSeparators(preferences.picturesFolder));
  ui_->autosaveBox->setChecked(preferences.autosave);
  ui_->formatBox->setCurrentIndex(ui_->formatBox->findData(int(preferences.picturesFormat)));
  ui_->formatBox->setEnabled(preferences.autosave);
  ui_->spellingBox->setChecked(preferences.checkSpelling);
  ui_->infotextBox->setChecked(preferences.writeInfotext);
  ui_->threadsField->setValue(preferences.threads);
  showing_ = false;
}

void PreferencesDialog::showPrepared() {
  const PreparedFolder kept = preparedFolder();
  const QSignalBlocker quiet(ui_->preparedField);
  ui_->preparedField->setValue(double(kept.limitBytes) / kGigabyte);
  ui_->preparedButton->setText(
      tr("Delete %1").arg(locale().formattedDataSize(kept.byteSize, 1, QLocale::DataSizeSIFormat)));
  ui_->preparedButton->setEnabled(kept.fileCount > 0);
}

void PreferencesDialog::connectPrepared() {
  const auto change = [this](void (*work)(double), double value) {
    try {
      work(value);
    } catch (const Error& error) {
      auto* box = new QMessageBox(QMessageBox::Warning, tr("Prepared Models"), QString::fromUtf8(error.what()),
                                  QMessageBox::Close, this);
      box->setAttribute(Qt::WA_DeleteOnClose);
      box->open();
    }
    showPrepared();
  };
  connect(ui_->preparedField, &QDoubleSpinBox::editingFinished, this, [this, change] {
    const double limit = ui_->preparedField->value();
    if (qFuzzyCompare(1 + limit, 1 + double(preparedFolder().limitBytes) / kGigabyte)) return;
    change([](double gigabytes) { setPreparedLimit(qint64(gigabytes * kGigabyte)); }, limit);
  });
  connect(ui_->preparedButton, &QPushButton::clicked, this, [change] { change([](double) { clearPrepared(); }, 0); });
}

Preferences PreferencesDialog::read() const {
  Preferences result = settings_.preferences();
  result.theme = Theme(ui_->themeBox->currentData().toInt());
  result.livePreview = ui_->previewBox->isChecked();
  result.modelFolder = QDir::fromNativeSeparators(ui_->modelFolderField->text().trimmed());
  result.embeddingsFolder = QDir::fromNativeSeparators(ui_->embeddingsFolderField->text().trimmed());
  result.adaptersFolder = QDir::fromNativeSeparators(ui_->adaptersFolderField->text().trimmed());
  result.wildcardsFolder = QDir::fromNativeSeparators(ui_->wildcardsFolderField->text().trimmed());
  result.picturesFolder = QDir::fromNativeSeparators(ui_->picturesFolderField->text().trimmed());
  if (result.picturesFolder.isEmpty()) result.picturesFolder = settings_.preferences().picturesFolder;
  result.autosave = ui_->autosaveBox->isChecked();
  result.picturesFormat = PictureFormat(ui_->formatBox->currentData().toInt());
  result.checkSpelling = ui_->spellingBox->isChecked();
  result.writeInfotext = ui_->infotextBox->isChecked();
  result.threads = ui_->threadsField->value();
  return result;
}

void PreferencesDialog::connectFields() {
  const auto store = [this] {
    if (!showing_) settings_.setPreferences(read());
  };
  for (QComboBox* box : {ui_->themeBox, ui_->formatBox}) connect(box, &QComboBox::currentIndexChanged, this, store);
  for (QCheckBox* box : {ui_->previewBox, ui_->autosaveBox, ui_->infotextBox, ui_->spellingBox})
    connect(box, &QCheckBox::toggled, this, store);
  for (QLineEdit* field : {ui_->modelFolderField, ui_->embeddingsFolderField, ui_->adaptersFolderField,
                           ui_->wildcardsFolderField, ui_->picturesFolderField})
    connect(field, &QLineEdit::editingFinished, this, store);
  connect(ui_->threadsField, &QSpinBox::valueChanged, this, store);
  connect(&settings_, &Settings::preferencesChanged, this, &PreferencesDialog::showValues);
  connect(ui_->buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
  const auto connectButton = [this, store](QPushButton* button, QLineEdit* field, const QString& title) {
    connect(button, &QPushButton::clicked, this, [this, store, field, title] {
      chooseFolder(title, field->text(), [store, field](const QString& folder) {
        field->setText(folder);
        store();
      });
    });
  };
  connectButton(ui_->modelFolderButton, ui_->modelFolderField, tr("Folder with models"));
  connectButton(ui_->embeddingsFolderButton, ui_->embeddingsFolderField, tr("Folder with embeddings"));
  connectButton(ui_->adaptersFolderButton, ui_->adaptersFolderField, tr("Folder with adapters"));
  connectButton(ui_->wildcardsFolderButton, ui_->wildcardsFolderField, tr("Folder with wildcards"));
  connectButton(ui_->picturesFolderButton, ui_->picturesFolderField, tr("Folder for pictures"));
}

void PreferencesDialog::chooseFolder(const QString& title, const QString& current,
                                     const std::function<void(const QString&)>& chosen) {
  auto* dialog = new QFileDialog(this, title, current);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, chosen);
  showFileDialog(dialog);
}

}  // namespace lorikeet
