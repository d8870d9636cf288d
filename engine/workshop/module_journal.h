#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "core/function_ref.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// What an operation that goes part by part has finished, in a file beside its output, so that one that was stopped or
/// killed need not begin anew. Every record has its checksum: one that was only half written does not count.
class ModuleJournal {
 public:
  /// Reads `file` if it was written for the same `settings` (any text that tells requests and inputs apart), else
  /// begins it anew. Throws Error(Io).
  ModuleJournal(std::filesystem::path file, const std::string& settings);
  /// Removes the file unless it is kept.
  ~ModuleJournal();
  ModuleJournal(const ModuleJournal&) = delete;
  ModuleJournal& operator=(const ModuleJournal&) = delete;

  /// What was finished before, by number.
  const std::map<int64_t, std::string>& records() const { return records_; }
  /// Null where it is not finished.
  const std::string* find(int64_t number) const {
    const auto found = records_.find(number);
    return found == records_.end() ? nullptr : &found->second;
  }
  /// Adds a record; from any thread. Throws Error(Io).
  void add(int64_t number, std::string_view record);
  /// Lets the file stay for the next run.
  void keep() { isKept_ = true; }
  const std::filesystem::path& file() const { return file_; }

 private:
  uint64_t read(const std::string& head);
  [[noreturn]] void fail() const;

  std::filesystem::path file_;
  std::map<int64_t, std::string> records_;
  std::mutex mutex_;
  std::ofstream stream_;
  bool isKept_ = false;
};

/// The result of work that keeps a journal, which may be null: where the work is stopped or a disk is full, the journal
/// stays to go on with, and the result of stopped work names it. Throws what the work throws, but for Stopped.
WorkshopResult keepingJournal(ModuleJournal* journal, FunctionRef<WorkshopResult()> work);

/// Where an operation with this output keeps its journal: OUTPUT.partial.
std::filesystem::path journalOf(const std::filesystem::path& output);

/// Tells the states of a file, or of all files in a folder, apart: names, sizes and times of change.
std::string markOf(const std::filesystem::path& path);

}  // namespace lorikeet
