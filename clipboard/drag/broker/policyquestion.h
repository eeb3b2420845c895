// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace Bulkhead::Drag
{

enum class Verdict : std::uint8_t { Pending, Allow, Ask, Deny };

/// `pending`, `allow`, `ask`, `deny`.
[[nodiscard]] std::string_view nameOf(Verdict verdict);

/// What the policy says of files from one qube to another, without anything being done: two questions to its daemon,
/// which differ in what a rule that asks counts as. No answer is a denial.
class PolicyQuestion
{
public:
    static constexpr Duration Patience = std::chrono::seconds(10);

    using OnVerdict = std::move_only_function<void(Verdict verdict)>;

    /// @param loop  outlives it
    /// @param onVerdict  called once, from the loop; may destroy this
    PolicyQuestion(EventLoop &loop,
                   const std::string &socket,
                   const QubeName &source,
                   const QubeName &target,
                   OnVerdict onVerdict);
    PolicyQuestion(const PolicyQuestion &) = delete;
    PolicyQuestion &operator=(const PolicyQuestion &) = delete;
    ~PolicyQuestion() = default;

private:
    struct Part {
        std::unique_ptr<SocketExchange> exchange = {};
        std::optional<bool> isAllowed = {};
    };

    void ask(EventLoop &loop, const std::string &socket, Part &part, std::string query);
    void conclude();

    OnVerdict m_onVerdict;
    Part m_asYes; ///< a question counts as allowed
    Part m_asNo;
    EventLoop::Handle m_unasked; ///< nobody could be asked: said from the loop, like every verdict
};

} // namespace Bulkhead::Drag
