#pragma once
#include "studio/studio.h"

class QCommandLineParser;

namespace lorikeet {

class MainWindow;

/// Developer options that show the window in a given state and write it as a PNG: --screenshot FILE --size WxH
/// --theme light|dark --prompt TEXT --settings FILE --at-step N --queued TEXT --raise DOCK. Hidden from --help.
void addScreenshotOptions(QCommandLineParser& parser);
bool wantsScreenshot(const QCommandLineParser& parser);
/// Settings of a screenshot or a test run are kept apart from the user's.
StudioConfig studioConfig(const QCommandLineParser& parser);
/// Makes the pictures asked for with the real engine, writes the window and gives the exit code.
int takeScreenshot(MainWindow& window, Studio& studio, const QCommandLineParser& parser);

}  // namespace lorikeet
