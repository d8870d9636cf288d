#pragma once
#include <QString>

#include "studio/adapters/adapter_condition.h"

class QDialog;
class QWidget;

namespace lorikeet {

/// "264/264", tensors of the file that fit the model and all of them; a mark where that is not known.
QString badgeText(const AdapterCondition& condition);
/// All that is known of an adapter, as lines of a name and a value in simple HTML.
QString reportHtml(const AdapterCondition& condition);
/// Shows the report beside the window without stopping anything; deletes itself when closed.
QDialog* showReport(const QString& name, const AdapterCondition& condition, QWidget* parent);

}  // namespace lorikeet
