// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace Bulkhead
{

/// What went wrong, by whose fault it is. The first group is the peer's: its session closes, nobody is asked.
enum class Errc {
    // The other side broke the format or the order.
    ShortMessage,  ///< fewer bytes than the type needs
    LongMessage,   ///< more bytes than the type allows
    BadField,      ///< a field outside its range; `detail` names it
    UnknownType,   ///< no such message in this direction
    WrongState,    ///< legal message, wrong moment
    TooMuch,       ///< a limit was reached; `detail` names it
    RingViolation, ///< an index or size in shared memory that cannot be
    PeerGone,      ///< the other end closed, died or was never there
    TimedOut,      ///< a deadline passed
    // The request cannot be met.
    Refused, ///< not allowed; `detail` says by which rule
    NotFound,
    Exists,
    InUse,
    BadValue,    ///< a value a person or a program chose is not acceptable
    Unsupported, ///< this backend or build cannot do it
    // The world.
    Io,     ///< a system call failed; `sysErrno` is set
    Driver, ///< the hypervisor or its stand-in refused
};

/// The enumerator's own name, for logs.
[[nodiscard]] std::string_view nameOf(Errc code);

/// Why something failed. `detail` is our own words, never a qube's.
struct Error {
    Errc code = Errc::Io;
    int sysErrno = 0; ///< errno, or 0 where no system call failed
    std::string detail;

    /// One line for a log or a person: the detail, and the system's reason where there is one.
    [[nodiscard]] std::string text() const;
    /// The same error with the caller's context before it: "starting qube work: …".
    [[nodiscard]] Error in(std::string_view context) &&;
};

template<typename T> using Result = std::expected<T, Error>;

[[nodiscard]] std::unexpected<Error> fail(Errc code, std::string detail);
/// @param number  errno as it was right after the failing call
[[nodiscard]] std::unexpected<Error> failErrno(int number, std::string detail);

/// Ends the process with a core, in release builds too. For broken invariants of ours, never for a peer's bytes.
[[noreturn]] void assertionFailed(const char *expression, const char *file, int line);

} // namespace Bulkhead

#define BH_CONCAT_INNER(a, b) a##b
#define BH_CONCAT(a, b) BH_CONCAT_INNER(a, b)

/// Binds the value of a Result to a declaration, or returns its error from the enclosing function.
#define BH_TRY(declaration, expression)                                                                                \
    auto BH_CONCAT(bhResult, __LINE__) = (expression);                                                                 \
    if (!BH_CONCAT(bhResult, __LINE__)) {                                                                              \
        return std::unexpected(std::move(BH_CONCAT(bhResult, __LINE__)).error());                                      \
    }                                                                                                                  \
    declaration = *std::move(BH_CONCAT(bhResult, __LINE__))

/// Returns the error of a Result<void> from the enclosing function.
#define BH_CHECK(expression)                                                                                           \
    do {                                                                                                               \
        if (auto bhChecked = (expression); !bhChecked) {                                                               \
            return std::unexpected(std::move(bhChecked).error());                                                      \
        }                                                                                                              \
    } while (false)

/// An invariant of ours. Aborts in every build; must not be reachable from guest data.
#define BH_ASSERT(expression)                                                                                          \
    do {                                                                                                               \
        if (!(expression)) {                                                                                           \
            ::Bulkhead::assertionFailed(#expression, __FILE__, __LINE__);                                              \
        }                                                                                                              \
    } while (false)
