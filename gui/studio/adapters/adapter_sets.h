#pragma once
#include <lorikeet/adapter_use.h>

#include <QStringList>

namespace lorikeet {

class Settings;

/// Stacks that were saved under a name, kept in the settings.
class AdapterSets {
 public:
  explicit AdapterSets(Settings& settings) : settings_(settings) {}

  /// In alphabetical order.
  QStringList names() const;
  /// Empty where there is no such set.
  std::vector<AdapterUse> load(const QString& name) const;
  /// Replaces one of the same name.
  void save(const QString& name, const std::vector<AdapterUse>& uses);
  void remove(const QString& name);

 private:
  Settings& settings_;
};

}  // namespace lorikeet
