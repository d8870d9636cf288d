#pragma once
#include <lorikeet/request.h>

#include "widgets/section.h"

namespace lorikeet {

/// A section of the form that decides a part of the request.
class RequestSection : public Section {
  Q_OBJECT
 public:
  using Section::Section;

  virtual void fill(GenerateRequest& request) const = 0;
  /// Shows what a request says, without changed(); opens where something differs from the usual.
  void showRequest(const GenerateRequest& request);

 signals:
  void changed();

 protected:
  virtual void showValues(const GenerateRequest& request) = 0;
  /// What differs from the usual, in few words; empty: nothing.
  virtual QString summaryOf(const GenerateRequest& request) const = 0;
  /// To be called when a field changed.
  void noteChange();

 private:
  void showSummary();
};

}  // namespace lorikeet
