#include "app/screenshot.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>

#include "control/control_panel.h"
#include "mainwindow/main_window.h"
#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

const QString kFile = QStringLiteral("screenshot");
const QString kSize = QStringLiteral("size");
const QString kTheme = QStringLiteral("theme");
const QString kPrompt = QStringLiteral("prompt");
const QString kAtStep = QStringLiteral("at-step");
const QString kQueued = QStringLiteral("queued");
const QString kRaise = QStringLiteral("raise");
const QString kControl = QStringLiteral("control");
const QString kSweep = QStringLiteral("sweep");
const QString kTraining = QStringLiteral("training");
const QString kSettings = QStringLiteral("settings");

QSize sizeOf(const QString& text) {
  const QStringList parts = text.split(QLatin1Char('x'));
  const QSize size = parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
  return size.isEmpty() ? QSize(1280, 720) : size;
}

/// Makes one picture per prompt; the last one is caught at a step, or finished when `atStep` is 0.
class Photographer : public QObject {
 public:
  Photographer(MainWindow& window, Studio& studio, const QCommandLineParser& parser)
      : window_(window),
        studio_(studio),
        file_(parser.value(kFile)),
        prompts_(parser.values(kPrompt)),
        atStep_(parser.value(kAtStep).toInt()),
        queued_(parser.values(kQueued)),
        raised_(parser.value(kRaise)),
        axes_(parser.values(kSweep)),
        trainingStep_(parser.value(kTraining).toUInt()) {
    connect(&studio.jobs, &JobRunner::finished, this, &Photographer::next);
    connect(&studio.jobs, &JobRunner::failed, this, &Photographer::next);
    connect(&studio.jobs, &JobRunner::progressed, this, [this](JobId, const Progress& progress) {
      const bool isLast = prompts_.isEmpty();
      if (isLast && atStep_ > 0 && progress.stage == Stage::Denoising && progress.step >= atStep_) shootSoon();
    });
  }

  void next() {
    if (prompts_.isEmpty()) {
      if (trainingStep_ > 0) return train();
      axes_.isEmpty() ? shootSoon() : sweep();
      return;
    }
    GenerateRequest request = studio_.settings.request();
    request.prompt = prompts_.takeFirst().toStdString();
    request.seed = kFirstSeed + quint64(prompts_.size());
    window_.generate(request);
    request = studio_.settings.request();
    while (!queued_.isEmpty()) {
      request.prompt = queued_.takeFirst().toStdString();
      ++request.seed;
      studio_.queue.add(request);
    }
  }

 private:
  static constexpr quint64 kFirstSeed = 7;

  /// Shows the window of a sweep over one or two axes, when it is finished.
  void sweep() {
    std::optional<SweepAxis> y;
    if (axes_.size() > 1) y = parseSweepAxis(axes_[1].toStdString());
    studio_.sweep.start(studio_.settings.request(), parseSweepAxis(axes_[0].toStdString()), y);
    axes_.clear();
    window_.findChild<QAction*>(QStringLiteral("showSweep"))->trigger();
    connect(&studio_.sweep, &SweepSession::gridSaved, this, &Photographer::shootSoon);
    disconnect(&studio_.jobs, &JobRunner::finished, this, &Photographer::next);
  }

  /// Shows the window of the example training when it is at a step.
  void train() {
    TrainingSetup setup = exampleTraining();
    setup.request.output = toPath(trained_.filePath(QStringLiteral("night.safetensors")));
    studio_.settings.setTrainingSetup(toJson(setup));
    window_.findChild<QAction*>(QStringLiteral("showTraining"))->trigger();
    studio_.training.start(setup);
    connect(&studio_.training, &TrainingSession::progressed, this, [this] {
      const bool isTraining = studio_.training.progress().stage == TrainingStage::Training;
      if (isTraining && studio_.training.losses().size() >= trainingStep_) shootSoon();
    });
    connect(&studio_.training, &TrainingSession::finished, this, &Photographer::shootSoon);
  }

  void shootSoon() {
    if (shooting_) return;
    shooting_ = true;
    constexpr int kSettleMs = 120;  // animations and queued previews
    if (auto* dock = window_.findChild<QWidget*>(raised_)) dock->raise();
    QTimer::singleShot(kSettleMs, this, [this] {
      QWidget* shown = &window_;
      for (const auto& name : {QStringLiteral("sweepWindow"), QStringLiteral("trainingWindow")})
        if (auto* other = window_.findChild<QWidget*>(name)) shown = other;
      const bool written = shown->grab().save(file_);
      if (!written) QTextStream(stderr) << "lorikeet: cannot write " << file_ << '\n';
      window_.close();
      QApplication::exit(written ? 0 : 1);
    });
  }

  MainWindow& window_;
  Studio& studio_;
  QString file_;
  QStringList prompts_;
  int atStep_ = 0;
  QStringList queued_;
  QString raised_;
  QStringList axes_;
  size_t trainingStep_ = 0;
  QTemporaryDir trained_;
  bool shooting_ = false;
};

}  // namespace

void addScreenshotOptions(QCommandLineParser& parser) {
  const auto add = [&parser](const QString& name, const QString& value) {
    QCommandLineOption option(name, {}, value);
    option.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOption(option);
  };
  add(kFile, QStringLiteral("file"));
  add(kSize, QStringLiteral("WxH"));
  add(kTheme, QStringLiteral("light|dark"));
  add(kPrompt, QStringLiteral("text"));
  add(kAtStep, QStringLiteral("number"));
  add(kQueued, QStringLiteral("text"));
  add(kRaise, QStringLiteral("dock"));
  add(kControl, QStringLiteral("picture"));
  add(kSweep, QStringLiteral("axis"));
  add(kTraining, QStringLiteral("number"));
  add(kSettings, QStringLiteral("file"));
}

bool wantsScreenshot(const QCommandLineParser& parser) { return parser.isSet(kFile); }

StudioConfig studioConfig(const QCommandLineParser& parser) {
  StudioConfig config;
  config.settingsFile = parser.value(kSettings);
  if (wantsScreenshot(parser) && config.settingsFile.isEmpty())
    config.settingsFile =
        QDir::temp().filePath(QStringLiteral("lorikeet-screenshot-%1.ini").arg(QCoreApplication::applicationPid()));
  if (wantsScreenshot(parser)) config.stylesFile = config.settingsFile + QStringLiteral(".styles.json");
  return config;
}

int takeScreenshot(MainWindow& window, Studio& studio, const QCommandLineParser& parser) {
  Preferences preferences = studio.settings.preferences();
  preferences.theme = parser.value(kTheme) == u"dark" ? Theme::Dark : Theme::Light;
  preferences.autosave = false;
  studio.settings.setPreferences(preferences);
  window.resize(sizeOf(parser.value(kSize)));
  window.show();
  if (parser.isSet(kControl)) window.findChild<ControlPanel*>()->openPicture(parser.value(kControl));
  Photographer photographer(window, studio, parser);
  QTimer::singleShot(300, &photographer, &Photographer::next);
  return QApplication::exec();
}

}  // namespace lorikeet
