#pragma once
#include <QObject>
#include <QRect>

#include "studio/jobs/request_part.h"
#include "studio/studio.h"
#include "widgets/action_table.h"

class QStackedWidget;

namespace lorikeet {

class CanvasPanel;
class EditPanel;
class GeneratePanel;
class MessageBar;
class SessionController;
class WorkAreaFinder;

/// Connects the canvas to the window: the Edit page and its panel, the share of a job that goes with the picture on the
/// canvas, and what comes of such a job as candidates on it. Every part of it is kept over a restart.
class CanvasController : public QObject, public RequestPart {
  Q_OBJECT
 public:
  struct Window {
    QStackedWidget* pages = nullptr;  ///< gets the Edit page
    GeneratePanel* form = nullptr;    ///< says the size that the model works at
    SessionController* session = nullptr;
    MessageBar* messages = nullptr;
  };

  CanvasController(Studio& studio, const ActionTable& actions, const Window& window, QObject* parent);

  /// The Edit page, in the pages already, and the panel for a dock.
  CanvasPanel& page() { return *page_; }
  EditPanel& panel() { return *panel_; }
  bool isEditing() const;

  /// Picture, mask and options while the Edit page is in front and has a picture.
  void fill(GenerateRequest& request) const override;
  /// Puts the picture and mask of a request on the canvas, as steps; one without a picture brings the Create page.
  void show(const GenerateRequest& request) override;

 public slots:
  void setEditing(bool editing);
  /// Opens the Edit page if it was left open, with what the canvas had on it.
  void restore();
  /// Puts the picture that the session shows on the canvas.
  void sendToCanvas();
  void openPicture(const QString& file);

 signals:
  void editingChanged(bool editing);

 private:
  void connectActions();
  void connectOptions();
  void connectJobs();
  void followPages();
  void followPicture();
  void updateActions();
  void putOnCanvas(const QImage& picture, const QString& stepName);
  bool isOfThisPicture(const GenerateRequest& request) const;
  void onStarted(const GenerateRequest& request);
  void onPicture(const JobPicture& picture);
  const PictureSource& pictureSource() const;
  const MaskSource& maskSource() const;

  Studio& studio_;
  const ActionTable& actions_;
  Window window_;
  CanvasPanel* page_;
  EditPanel* panel_;
  WorkAreaFinder* workArea_;
  QWidget* createPage_ = nullptr;  ///< where "Create" goes back to
  bool wasEditing_ = false;        ///< when the program was left
  QSize pictureSize_;
  QRect jobArea_;  ///< what the running job works on; null: it is not of this picture
  // The engine's copies, made again when the canvas changed.
  mutable PictureSource picture_;
  mutable qint64 pictureKey_ = 0;
  mutable MaskSource mask_;
  mutable qint64 maskKey_ = 0;
};

}  // namespace lorikeet
