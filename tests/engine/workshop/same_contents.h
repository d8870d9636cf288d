#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "io/safetensors.h"

namespace lorikeet::testing {

/// Two safetensors files hold the same: names, types, shapes, bytes and metadata. (Other writers put the entries of the
/// metadata in no set order, so whole files need not be equal; "format" says which program's tensors they were.)
inline void expectSameContents(const std::filesystem::path& actual, const std::filesystem::path& expected) {
  SafetensorsFile a = readSafetensors(actual), b = readSafetensors(expected);
  a.metadata.erase("format");
  b.metadata.erase("format");
  EXPECT_TRUE(a.metadata == b.metadata) << a.metadata.size() << " and " << b.metadata.size() << " entries";
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : b.tensors) {
    const auto found = a.tensors.find(name);
    ASSERT_NE(found, a.tensors.end()) << name;
    EXPECT_EQ(found->second.dtype, tensor.dtype) << name;
    EXPECT_TRUE(found->second.shape == tensor.shape) << name << " " << found->second.shape.toString();
    EXPECT_TRUE(std::ranges::equal(found->second.bytes, tensor.bytes)) << name;
  }
}

}  // namespace lorikeet::testing
