#pragma once
#include <QWidget>
#include <functional>
#include <vector>

#include "studio/control/control_entry.h"

class QLabel;
class QMenu;
class QMimeData;
class QToolButton;
class QVBoxLayout;

namespace lorikeet {

class NetworkLibrary;
class ControlUnitCard;

/// The list of control units. A picture dropped on a unit becomes its picture; dropped beside them it makes a new one.
class ControlPanel : public QWidget {
  Q_OBJECT
 public:
  /// The ControlNets that can be chosen, and the files of M-LSD.
  ControlPanel(NetworkLibrary& library, NetworkLibrary& detectors, QWidget* parent = nullptr);

  std::vector<ControlEntry> entries() const;
  void setEntries(const std::vector<ControlEntry>& entries);
  /// Of the entries that are switched on.
  std::vector<ControlUnit> units() const;
  ControlUnitCard* addUnit(const ControlEntry& entry = {});
  /// Chooses a ControlNet for the first unit that has none, or for a new one.
  void useModel(const QString& path);
  /// Lets units that look for straight lines, or a new one, use a file of M-LSD.
  void useLineDetector(const QString& path);
  void openPicture(const QString& file);

  /// What a unit without a picture looks at: the one on the canvas, or null.
  void setCanvasPicture(const QImage& picture);
  /// What "Result" takes: the picture that is shown now, or null.
  void setResultSource(std::function<QImage()> source) { resultSource_ = std::move(source); }
  void setWorkSize(QSize size);
  /// Whether the model brings a ControlNet along that units of edges use where none is chosen.
  void setModelHasOwn(bool has);
  /// What the "Presets" button offers.
  void setPresetMenu(QMenu* menu);

 signals:
  void changed();
  void problem(const QString& sentence);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* makeHead();
  void remove(ControlUnitCard* card);
  void takeResult(ControlUnitCard* card);
  void draw(ControlUnitCard* card);
  void updateHint();

  NetworkLibrary& library_;
  NetworkLibrary& detectors_;
  QToolButton* presets_ = nullptr;
  QVBoxLayout* column_ = nullptr;
  QLabel* hint_ = nullptr;
  std::vector<ControlUnitCard*> cards_;
  std::function<QImage()> resultSource_;
  QImage canvasPicture_;
  QSize workSize_{512, 512};
  bool modelHasOwn_ = false;
};

}  // namespace lorikeet
