#pragma once
#include <lorikeet/adapter_info.h>

#include <QString>
#include <memory>

namespace lorikeet {

/// What is known of a row's file with the current model.
struct AdapterCondition {
  enum class State { Checking, Ready, Warning, Problem };
  State state = State::Checking;
  QString sentence;                         ///< of a warning or a problem
  std::shared_ptr<const AdapterInfo> info;  ///< null while checking and where the file cannot be read
};

/// Reads the file and compares it with a model (empty: the starter model). Takes up to a second; safe on any thread.
AdapterCondition examineAdapter(const std::filesystem::path& file, const std::filesystem::path& model);

}  // namespace lorikeet
