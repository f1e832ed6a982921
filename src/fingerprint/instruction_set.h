// Which vector instructions this processor has. Safe from any thread.
#pragma once

namespace stowaway::fingerprint {

// Each includes those before it. avx512: F, BW, VL and VBMI2 (Ice Lake, Zen 4 and later).
enum class InstructionSet { scalar, avx2, avx512 };

// The best that processor and operating system offer; scalar on other architectures.
InstructionSet best_instruction_set();

}  // namespace stowaway::fingerprint

#if defined(__x86_64__)
#define STOWAWAY_HAS_AVX 1
#define STOWAWAY_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define STOWAWAY_AVX512 \
  __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,popcnt")))
#else
#define STOWAWAY_HAS_AVX 0
#endif
