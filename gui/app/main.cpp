#include <QApplication>
#include <QCommandLineParser>

#include "app/screenshot.h"
#include "mainwindow/main_window.h"
#include "widgets/icons.h"

using namespace lorikeet;

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  QApplication::setApplicationName(QStringLiteral("lorikeet"));
  QApplication::setApplicationDisplayName(QStringLiteral("Lorikeet"));
  QApplication::setDesktopFileName(QStringLiteral("lorikeet"));

  QCommandLineParser parser;
  parser.setApplicationDescription(
      QCoreApplication::translate("main", "Stable Diffusion studio for computers without a GPU"));
  parser.addHelpOption();
  parser.addPositionalArgument(QStringLiteral("model"), QCoreApplication::translate("main", "A model to begin with"),
                               QStringLiteral("[MODEL]"));
  addScreenshotOptions(parser);
  parser.process(app);

  Studio studio(studioConfig(parser));
  MainWindow window(studio);
  if (!parser.positionalArguments().isEmpty()) window.openModel(parser.positionalArguments().front());
  if (wantsScreenshot(parser)) return takeScreenshot(window, studio, parser);
  window.show();
  return QApplication::exec();
}
