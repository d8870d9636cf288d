#pragma once
#include <QDateTime>
#include <QString>
#include <QStringList>
#include <optional>

#include "studio/library/adapter_sidecar.h"

namespace lorikeet {

/// What an adapter file says about itself.
struct AdapterContents {
  bool isRead = false;   ///< false: nobody has looked yet, and the rest is empty
  bool isOther = false;  ///< a model, a VAE, an embedding ... among the adapters
  QString problem;       ///< why it cannot be used, a sentence; empty: it can
  QString family;        ///< "SD 1.x", "SDXL" ..., empty where the file does not tell
  QStringList formats;
  QString title;
  QString outputName;  ///< another name for tags
  QString shortHash;   ///< where the file states it
  QStringList triggers;

  bool operator==(const AdapterContents&) const = default;
};

/// What the person of this program keeps about an adapter.
struct AdapterNote {
  bool favourite = false;
  QString text;
  std::optional<double> weight;  ///< instead of the one that the sidecar prefers

  bool operator==(const AdapterNote&) const = default;
};

/// One adapter of the library.
struct LibraryAdapter {
  QString file;  ///< or a folder
  QString name;
  QString place;  ///< the folder that holds it, below the library folder; empty: that folder itself
  QString tag;    ///< what <lora:...> calls it, no other adapter's; empty where no tag can
  qint64 byteSize = 0;
  QDateTime modified;
  QString preview;  ///< a picture beside it; empty: none
  qint64 previewByteSize = 0;
  QDateTime previewModified;
  QString sidecarStamp;  ///< tells whether preview and sidecar are as they were
  AdapterContents contents;
  AdapterSidecar sidecar;
  AdapterNote note;

  /// As the file tells, else as its sidecar says.
  const QString& family() const { return contents.family.isEmpty() ? sidecar.family : contents.family; }
  /// Those of the sidecar first: a person or the maker chose them for prompts.
  QStringList triggers() const;
  /// The weight that it comes into the stack with.
  double defaultWeight() const { return note.weight ? *note.weight : sidecar.weight.value_or(1); }
  /// "<lora:ink:0.8>"; empty where no tag can name it.
  QString tagText() const;

  bool operator==(const LibraryAdapter&) const = default;
};

/// Reads what a file is, without reading all of it: milliseconds. Does not throw. Safe on any thread.
AdapterContents readAdapterContents(const QString& file);

}  // namespace lorikeet
