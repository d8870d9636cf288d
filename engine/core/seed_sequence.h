#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace lorikeet {

/// numpy.random.SeedSequence(entropy, spawn_key, pool_size).generate_state(count): 32-bit seeds that look independent
/// for neighbouring entropies and keys (Melissa O'Neill's seed_seq_fe as numpy/random/bit_generator.pyx has it).
/// poolSize is at least 4.
std::vector<uint32_t> seedSequence(uint64_t entropy, std::span<const uint64_t> spawnKey, int poolSize, int count);

}  // namespace lorikeet
