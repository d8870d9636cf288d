#pragma once
#include <QAbstractListModel>
#include <vector>

#include "studio/styles/prompt_style.h"

namespace lorikeet {

/// The user's styles, in their order, kept in one JSON file. Every change is written at once, complete or not at all; a
/// file that cannot be read is kept aside, never overwritten.
class StyleLibrary : public QAbstractListModel {
  Q_OBJECT
 public:
  /// Empty: the user's own file, styles.json in Lorikeet's data folder.
  explicit StyleLibrary(const QString& file = {}, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  /// DisplayRole: the name; ToolTipRole: what it does.
  QVariant data(const QModelIndex& index, int role) const override;

  const std::vector<PromptStyle>& styles() const { return styles_; }
  /// The row of a name, or -1.
  int find(const QString& name) const;
  /// Puts a style at the end under a free name ("Ink", "Ink 2") and returns its row.
  int add(PromptStyle style);
  void replace(int row, const PromptStyle& style);
  void remove(int row);
  void move(int from, int to);

  /// Takes over the styles of a styles.csv that are not there yet; where a name is taken by another style, the new one
  /// gets a number ("Ink 2"). Returns how many were added. Throws Error.
  int importCsv(const QString& file);
  /// Throws Error(Io).
  void exportCsv(const QString& file) const;

 signals:
  /// A sentence for the user: the file could not be read or written.
  void failed(const QString& message);

 private:
  void load();
  void save();
  QString freeName(const QString& name) const;

  QString file_;
  std::vector<PromptStyle> styles_;
  bool mayWrite_ = true;  ///< false: a file that could be neither read nor set aside is there
  QString problem_;       ///< what load() met, told as soon as somebody listens
};

}  // namespace lorikeet
