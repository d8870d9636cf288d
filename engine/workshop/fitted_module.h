#pragma once
#include <string>
#include <string_view>

#include "adapters/adapter_module.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// What an operation that goes module by module has made of one, and how well it fits.
struct FittedModule {
  AdapterModule result;  ///< without tensors where there is nothing to do
  ModuleFit fit;
  double error = 0, norm = 0;  ///< Frobenius norms of what is missing and of the whole change
};

/// It for a ModuleJournal, and back for the module with this place and label. Reading throws Error(Corrupt) for
/// anything else.
std::string fittedRecord(const FittedModule& module);
void readFittedRecord(std::string_view record, NetworkPart part, const std::string& name, const std::string& label,
                      FittedModule& module);

}  // namespace lorikeet
