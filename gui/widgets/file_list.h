#pragma once
#include <QListView>

class QImage;
class QMimeData;

namespace lorikeet {

/// What lists of pictures and of adapters have in common: any number of rows can be marked and dragged out.
void setUpFileList(QListView& list);

/// Drags data out of a list, with a thumbnail of at most `side` pixels under the pointer where there is one.
void dragOut(QListView& list, QMimeData* data, const QImage& thumbnail, int side, Qt::DropActions actions);

/// Writes a text into the middle of a list that has nothing to show, `margin` pixels from its sides.
void paintEmptyText(QListView& list, const QString& text, int margin = 16);

}  // namespace lorikeet
