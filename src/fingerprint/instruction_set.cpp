#include "fingerprint/instruction_set.h"

namespace stowaway::fingerprint {

InstructionSet best_instruction_set() {
#if STOWAWAY_HAS_AVX
  static const InstructionSet kBest = [] {
    const bool bits = __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    if (!bits || !__builtin_cpu_supports("avx2")) return InstructionSet::scalar;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2"))
      return InstructionSet::avx512;
    return InstructionSet::avx2;
  }();
  return kBest;
#else
  return InstructionSet::scalar;
#endif
}

}  // namespace stowaway::fingerprint
