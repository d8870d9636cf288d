#pragma once
#include <QByteArray>

#include "studio/adapters/adapter_stack_state.h"

namespace lorikeet {

/// The stack with what a request does not say: which rows are switched off, solo or muted. Ids are not kept.
QByteArray toJson(const AdapterStackState& state);
/// Rows that cannot be read are left out; ids count from 1.
AdapterStackState adapterStackFromJson(const QByteArray& json);

}  // namespace lorikeet
