// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/sha256.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <string>

namespace Bulkhead
{

namespace
{

constexpr std::size_t BlockSize = 64;

using State = std::array<std::uint32_t, 8>;

/// FIPS 180-4, 5.3.3: of the square roots of the first eight primes.
constexpr State Initial{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// FIPS 180-4, 4.2.2: of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> RoundConstants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t bigEndianAt(std::string_view block, std::size_t at)
{
    std::uint32_t word = 0;
    for (const char c : block.substr(at, 4)) {
        word = (word << 8U) | static_cast<unsigned char>(c);
    }
    return word;
}

/// The 64 words that a block's rounds take. FIPS 180-4, 6.2.2, step 1.
std::array<std::uint32_t, 64> scheduleOf(std::string_view block)
{
    std::array<std::uint32_t, 64> words{};
    for (std::size_t i = 0; i < 16; ++i) {
        words.at(i) = bigEndianAt(block, 4 * i);
    }
    for (std::size_t i = 16; i < words.size(); ++i) {
        const std::uint32_t early = words.at(i - 15);
        const std::uint32_t late = words.at(i - 2);
        words.at(i) = words.at(i - 16) + (std::rotr(early, 7) ^ std::rotr(early, 18) ^ (early >> 3U)) + words.at(i - 7)
            + (std::rotr(late, 17) ^ std::rotr(late, 19) ^ (late >> 10U));
    }
    return words;
}

void add(State &state, std::string_view block)
{
    const auto words = scheduleOf(block);
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::uint32_t chosen = (e & f) ^ (~e & g);
        const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
        const std::uint32_t first =
            h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + chosen + RoundConstants.at(i) + words.at(i);
        const std::uint32_t second = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + majority;
        h = g;
        g = f;
        f = e;
        e = d + first;
        d = c;
        c = b;
        b = a;
        a = first + second;
    }
    const State rounds{a, b, c, d, e, f, g, h};
    std::ranges::transform(state, rounds, state.begin(), std::plus());
}

/// What stands behind the last whole block: the rest, a bit, zeros, the length in bits. FIPS 180-4, 5.1.1.
std::string paddedTail(std::string_view text)
{
    std::string tail(text.substr(text.size() - (text.size() % BlockSize)));
    tail += '\x80';
    tail.append((BlockSize + 56 - (tail.size() % BlockSize)) % BlockSize, '\0');
    const std::uint64_t bits = std::uint64_t{text.size()} * 8;
    for (unsigned shift = 64; shift > 0; shift -= 8) {
        tail += static_cast<char>((bits >> (shift - 8)) & 0xFFU);
    }
    return tail;
}

} // namespace

std::array<std::byte, 32> sha256(std::string_view text)
{
    State state = Initial;
    for (std::string_view left = text; left.size() >= BlockSize; left.remove_prefix(BlockSize)) {
        add(state, left.substr(0, BlockSize));
    }
    const std::string tail = paddedTail(text);
    for (std::string_view left = tail; !left.empty(); left.remove_prefix(BlockSize)) {
        add(state, left.substr(0, BlockSize));
    }
    std::array<std::byte, 32> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
        digest.at(i) = static_cast<std::byte>(state.at(i / 4) >> (24 - (8 * (i % 4))));
    }
    return digest;
}

} // namespace Bulkhead
