#pragma once
#include <lorikeet/request.h>

#include <QComboBox>
#include <span>

namespace lorikeet {

/// A QComboBox that offers the values of an enumeration by their labels.
template <class Enum>
void fillBox(QComboBox* box, std::span<const EnumName<Enum>> table) {
  for (const auto& row : table)
    box->addItem(QString::fromUtf8(row.label.data(), qsizetype(row.label.size())), int(row.value));
}

template <class Enum>
Enum chosenIn(const QComboBox* box) {
  return Enum(box->currentData().toInt());
}

template <class Enum>
void chooseIn(QComboBox* box, Enum value) {
  box->setCurrentIndex(box->findData(int(value)));
}

}  // namespace lorikeet
