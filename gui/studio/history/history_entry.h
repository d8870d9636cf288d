#pragma once
#include <QDateTime>
#include <QList>
#include <QString>
#include <QStringList>

namespace lorikeet {

/// A picture of the history: what lists show and filters ask for. Everything else stands in the file itself.
struct HistoryEntry {
  qint64 id = 0;
  QString file;
  QDateTime made;
  qint64 byteSize = 0;
  int width = 0;   ///< pixels
  int height = 0;  ///< pixels
  QString prompt;
  QString negativePrompt;
  QString model;
  QString sampler;
  QStringList adapters;
  int rating = 0;  ///< stars, 0..5
};

/// What pictures are looked for; empty members do not restrict.
struct HistoryQuery {
  QString words = {};  ///< every one must begin a word of the prompts, the model's or an adapter's name
  QString model = {};
  QString adapter = {};
  QString sampler = {};
  QDateTime since = {};
  QDateTime until = {};  ///< the first moment that is too late
  int minRating = 0;

  bool operator==(const HistoryQuery&) const = default;
};

/// What the filters can offer.
struct HistoryChoices {
  QStringList models;
  QStringList adapters;
  QStringList samplers;

  bool operator==(const HistoryChoices&) const = default;
};

}  // namespace lorikeet
