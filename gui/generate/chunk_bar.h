#pragma once
#include <QWidget>
#include <vector>

namespace lorikeet {

/// A thin bar below a prompt: one segment for each chunk of 75 tokens, filled as far as the text fills it.
class ChunkBar : public QWidget {
  Q_OBJECT
 public:
  explicit ChunkBar(QWidget* parent = nullptr);

  /// Tokens in each chunk.
  void setChunks(const std::vector<int>& tokens);
  const std::vector<int>& chunks() const { return tokens_; }
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<int> tokens_{0};
};

}  // namespace lorikeet
