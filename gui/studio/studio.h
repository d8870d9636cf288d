#pragma once
#include <lorikeet/file_hashes.h>

#include "studio/adapters/adapter_stack_model.h"
#include "studio/document/canvas_document.h"
#include "studio/document/canvas_session.h"
#include "studio/drops/drop_dispatcher.h"
#include "studio/history/picture_history.h"
#include "studio/history/picture_store.h"
#include "studio/history/session_results.h"
#include "studio/jobs/job_queue.h"
#include "studio/jobs/job_runner.h"
#include "studio/library/adapter_library.h"
#include "studio/library/model_library.h"
#include "studio/library/network_library.h"
#include "studio/library/prompt_library.h"
#include "studio/settings/settings.h"
#include "studio/spelling/spell_checker.h"
#include "studio/styles/style_library.h"
#include "studio/sweep/sweep_session.h"
#include "studio/training/training_session.h"

namespace lorikeet {

struct StudioConfig {
  QString settingsFile;  ///< empty: the user's own
  /// Queue, history and canvas; empty: beside settingsFile where that is given, else the user's own.
  QString dataFolder;
  QString stylesFile;  ///< empty: the user's own
};

/// What the windows work on: settings, models, pictures and the engine. Made before the first window and shut down
/// after the last.
class Studio {
 public:
  explicit Studio(const StudioConfig& config = {});
  ~Studio() { shutDown(); }
  Studio(const Studio&) = delete;
  Studio& operator=(const Studio&) = delete;

  /// Stops the engine and waits until every finished picture and the settings are on disk.
  void shutDown();

  Settings settings;
  ModelLibrary models;
  NetworkLibrary upscalers{FileKind::Upscaler};  ///< of the model folder
  PromptLibrary prompts;
  AdapterLibrary adapters;
  StyleLibrary styles;
  SessionResults results;
  FileHashes hashes;
  PictureStore store;
  PictureHistory history;
  const QString thumbnailFolder;  ///< small pictures of the history and of adapters
  CanvasSession canvasSession;    ///< keeps the folder of the canvas for this program alone
  CanvasDocument canvas;          ///< as it was left, also by a crash
  QString canvasProblem;          ///< why the canvas is not autosaved; empty: it is
  JobRunner jobs;
  JobQueue queue;
  SweepSession sweep;
  TrainingSession training;
  SpellChecker spelling;  ///< of prompts
  DropDispatcher drops;
  AdapterStackModel stack;

 private:
  void openCanvas();
  void usePromptFolders(const Preferences& preferences);
  void saveFinishedPictures();
};

}  // namespace lorikeet
