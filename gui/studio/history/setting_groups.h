#pragma once
#include <lorikeet/request.h>

#include <QString>
#include <span>

namespace lorikeet {

/// Settings that belong together, as a person takes them over from a picture: the sampler with its schedule and
/// parameters, the seed with its variation ...
struct SettingGroup {
  const char* id;    ///< for names of widgets
  const char* name;  ///< translated by label()
  /// What the request says about it, in few words; empty: the usual, nothing to take over.
  QString (*summary)(const GenerateRequest& request);
  void (*copy)(const GenerateRequest& from, GenerateRequest& to);

  QString label() const;
};

/// In the order in which people read them. Together they make up a whole request, apart from the number of pictures.
std::span<const SettingGroup> settingGroups();

}  // namespace lorikeet
