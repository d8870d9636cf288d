#pragma once
#include <QFrame>
#include <memory>

#include "studio/control/control_entry.h"
#include "studio/control/map_previewer.h"

class QMimeData;

namespace Ui {
class ControlUnitCard;
}

namespace lorikeet {

class NetworkLibrary;

/// One control unit: its picture, the map that is detected in it, live, and how strongly and when it counts.
class ControlUnitCard : public QFrame {
  Q_OBJECT
 public:
  /// `detectors` find straight lines.
  ControlUnitCard(NetworkLibrary& library, NetworkLibrary& detectors, QWidget* parent = nullptr);
  ~ControlUnitCard() override;

  const ControlEntry& entry() const { return entry_; }
  void setEntry(const ControlEntry& entry);
  /// What a unit without a picture of its own looks at; null: nothing.
  void setCanvasPicture(const QImage& picture);
  void setWorkSize(QSize size) { previewer_.setWorkSize(size); }
  /// Whether the model brings a ControlNet along, so that none need be chosen for edges.
  void setModelHasOwn(bool has);
  /// The map as it is shown now.
  const QImage& map() const;

  /// Each reports what goes wrong by problem().
  void openPicture(const QString& file);
  void takePicture(const QMimeData& offer);
  void setPicture(const QImage& picture, const QString& file = {});

 signals:
  void changed();
  void removed();
  void resultWanted();
  void drawingWanted();
  void mapChanged();
  void problem(const QString& sentence);

 private:
  void setUpRanges();
  void connectButtons();
  void connectFields();
  void readFields();
  void showEntry();
  void showPicture();
  void showModels();
  void showDetectors();
  void showRange();
  void choosePicture();
  void chooseModel();
  void chooseDetector();

  NetworkLibrary& library_;
  NetworkLibrary& detectors_;
  ControlEntry entry_;
  QImage canvasPicture_;
  MapPreviewer previewer_;
  std::unique_ptr<Ui::ControlUnitCard> ui_;
  bool modelHasOwn_ = false;
  bool showing_ = false;  ///< fields are being filled
};

}  // namespace lorikeet
