#pragma once
#include <QDir>
#include <QFile>
#include <QStringList>

namespace lorikeet::test {

/// A dictionary en_US of these words.
inline void writeDictionary(const QString& folder, const QStringList& words) {
  QDir().mkpath(folder);
  QFile rules(QDir(folder).filePath(QStringLiteral("en_US.aff")));
  QFile list(QDir(folder).filePath(QStringLiteral("en_US.dic")));
  if (!rules.open(QIODevice::WriteOnly) || !list.open(QIODevice::WriteOnly)) return;
  rules.write("SET UTF-8\nTRY esianrtolcdugmphbyfvkwzx\n");
  list.write(QByteArray::number(words.size()) + '\n' + words.join(QLatin1Char('\n')).toUtf8() + '\n');
}

}  // namespace lorikeet::test
