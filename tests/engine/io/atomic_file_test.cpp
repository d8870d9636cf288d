#include "io/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers)
#include <sys/resource.h>

#include <lorikeet/error.h>

#include "support/golden.h"

namespace lorikeet {
namespace {

using ::testing::HasSubstr;
using testing::readFile;
using testing::TemporaryFolder;

size_t entriesOf(const std::filesystem::path& folder) {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

template <class Action>
std::string ioErrorOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Io);
    return error.what();
  }
  return {};
}

TEST(AtomicFile, ShowsTheFileOnlyWhenItIsComplete) {
  const TemporaryFolder folder;
  folder.write("x.txt", "old");
  {
    AtomicFile file(folder / "x.txt");
    file.write("new");
    EXPECT_EQ(readFile(folder / "x.txt"), "old");
    file.commit();
  }
  EXPECT_EQ(readFile(folder / "x.txt"), "new");
  EXPECT_EQ(entriesOf(folder.path()), 1u);
}

TEST(AtomicFile, LeavesNothingBehindWithoutCommit) {
  const TemporaryFolder folder;
  folder.write("x.txt", "old");
  { AtomicFile(folder / "x.txt").write("new"); }
  EXPECT_EQ(readFile(folder / "x.txt"), "old");
  EXPECT_EQ(entriesOf(folder.path()), 1u);
}

TEST(AtomicFile, SaysWhyAFolderCannotBeWrittenTo) {
  const TemporaryFolder folder;
  EXPECT_THAT(ioErrorOf([&] { AtomicFile file(folder / "none/x.txt"); }),
              HasSubstr("none/x.txt\": No such file or directory"));
  EXPECT_THAT(ioErrorOf([&] { AtomicFile file("/proc/x.txt"); }), HasSubstr("Cannot write \"/proc/x.txt\""));
  std::filesystem::create_directory(folder / "d");
  EXPECT_THAT(ioErrorOf([&] { writeFileAtomically(folder / "d", {}); }), HasSubstr("Cannot write"));
  EXPECT_EQ(entriesOf(folder.path()), 1u);
}

/// A limit on the size of files stands in for a full disk: writing fails half way with an error of the system.
TEST(AtomicFile, KeepsTheOldFileWhenWritingFailsHalfWay) {
  const TemporaryFolder folder;
  folder.write("x.bin", "old");
  struct rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto oldHandler = signal(SIGXFSZ, SIG_IGN);
  struct rlimit limited = before;
  limited.rlim_cur = 1 << 20;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  const std::vector<std::byte> bytes(size_t{4} << 20);
  const std::string message = ioErrorOf([&] { writeFileAtomically(folder / "x.bin", bytes); });
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, oldHandler);
  EXPECT_THAT(message, HasSubstr("File too large"));
  EXPECT_EQ(readFile(folder / "x.bin"), "old");
  EXPECT_EQ(entriesOf(folder.path()), 1u);
}

}  // namespace
}  // namespace lorikeet
