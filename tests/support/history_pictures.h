#pragma once
#include <lorikeet/image.h>

#include <QDir>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <algorithm>

#include "studio/history/history_database.h"
#include "support/temp_studio.h"

namespace lorikeet::test {

/// A PNG below the test's picture folder that says what made it.
inline QString makePicture(const TempFolder& temp, const QString& name, const GenerateRequest& request,
                           const std::string& model = "tiny", uint8_t shade = 0) {
  Image image = Image::create(16, 8);
  std::ranges::fill(image.pixels, shade);
  const QString file = temp.path("pictures/") + name;
  QDir().mkpath(QFileInfo(file).absolutePath());
  savePng(toPath(file), image, {{"parameters", toInfotext(request, 0, {16, 8, model, {}, {}, {}})}});
  return file;
}

inline QString makePicture(const TempFolder& temp, const QString& name, const std::string& prompt) {
  GenerateRequest request;
  request.prompt = prompt;
  request.steps = 5;
  return makePicture(temp, name, request);
}

/// An index of 100,000 pictures whose files nobody has; "red fox" stands in every prompt, "picture 77777" in one.
/// Gives what went wrong; empty: nothing.
inline QString fillHistory(const QString& file) {
  HistoryDatabase(file).open();
  QString problem;
  {
    QSqlDatabase raw = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("fill"));
    raw.setDatabaseName(file);
    raw.open();
    QSqlQuery query(raw);
    if (!query.exec(QStringLiteral("INSERT INTO pictures(file, made, byteSize, width, height, prompt, negative, "
                                   "model, sampler, adapters, rating)"
                                   " WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)"
                                   " SELECT '/nowhere/' || i || '.png', (i * 7919) % 100000, 9, 512, 512, 'a red fox "
                                   "in the snow, picture ' || i,"
                                   " 'blurry', 'model' || (i % 7), 'Euler', '', i % 6 FROM n")))
      problem = query.lastError().text();
  }
  QSqlDatabase::removeDatabase(QStringLiteral("fill"));
  return problem;
}

}  // namespace lorikeet::test
