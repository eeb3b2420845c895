// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace Bulkhead::Drag
{

enum class Verdict : std::uint8_t { Pending, Allow, Ask, Deny };

/// `pending`, `allow`, `ask`, `deny`.
[[nodiscard]] std::string_view nameOf(Verdict verdict);

/// What the policy says, and which line of it says so.
struct Judgement {
    Verdict verdict = Verdict::Pending;
    std::string rule = {};     ///< `FILE:LINE`; empty where none speaks of it, or nobody answered
    std::string ruleText = {}; ///< the rule itself, in printable ASCII

    friend bool operator==(const Judgement &, const Judgement &) = default;
};

/// The answer of the policy's daemon to an explained evaluation. Anything but the words that go together is a denial.
/// @source docs/protocol/qrexec.md, section Policy socket
[[nodiscard]] Judgement judgementIn(std::string_view answer);

/// Whether the person only passes over the target, or has let go there: then the question of a policy that asks has the
/// target chosen.
enum class PointedAt : std::uint8_t { Passing, LetGo };

/// What the policy says of files from one qube to another, without anything being done. No answer is a denial.
class PolicyQuestion
{
public:
    static constexpr Duration Patience = std::chrono::seconds(10);

    using OnJudgement = std::move_only_function<void(const Judgement &judgement)>;

    /// @param loop  outlives it
    /// @param onJudgement  called once, from the loop; may destroy this
    PolicyQuestion(EventLoop &loop,
                   const std::string &socket,
                   const QubeName &source,
                   const QubeName &target,
                   PointedAt pointedAt,
                   OnJudgement onJudgement);
    PolicyQuestion(const PolicyQuestion &) = delete;
    PolicyQuestion &operator=(const PolicyQuestion &) = delete;
    ~PolicyQuestion() = default;

private:
    void tell(const Judgement &judgement);

    OnJudgement m_onJudgement;
    std::unique_ptr<SocketExchange> m_exchange;
    EventLoop::Handle m_unasked; ///< nobody could be asked: said from the loop, like every judgement
};

} // namespace Bulkhead::Drag
