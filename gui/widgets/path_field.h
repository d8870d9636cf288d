#pragma once
#include <QString>
#include <QWidget>

class QLineEdit;

namespace lorikeet {

/// A line with the path of a file or folder, to be typed, chosen in a dialog or dropped.
class PathField : public QWidget {
  Q_OBJECT
 public:
  enum class Kind { File, Folder, FileOrFolder, NewFile };
  /// filter as file dialogs want it.
  PathField(Kind kind, const QString& title, const QString& filter, QWidget* parent = nullptr);

  QString path() const;
  void setPath(const QString& path);
  void setPlaceholder(const QString& text);

 signals:
  void pathChanged(const QString& path);
  /// By a person, not by setPath().
  void pathEdited(const QString& path);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void choose(bool folder);

  Kind kind_;
  QString title_;
  QString filter_;
  QLineEdit* line_;
};

}  // namespace lorikeet
