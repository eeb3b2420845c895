// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"
#include "clipboard/text/daemonlink.h"
#include "clipboard/text/gestureorder.h"
#include "clipboard/text/incomingtext.h"
#include "clipboard/text/notice.h"
#include "clipboard/text/outgoingtext.h"
#include "clipboard/text/secrettext.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace Bulkhead::Clipboard
{

struct BrokerSettings {
    /// How long a text is held for its paste. Source: spec security, L-13; ui, section 13.
    Duration hold = std::chrono::seconds(60);
    std::string policySocket = "/run/qubes/policy.sock";
};

/// What is held, for who asks: everything but the text.
struct Holding {
    std::string source; ///< empty: nothing is held
    std::size_t size = 0;
    std::chrono::seconds left{0};
};

/// The one clipboard between qubes. It holds one text, of one qube or of dom0, and gives it once: to the qube in whose
/// window the person presses the paste keys, if the policy lets it. A qube can neither see it nor make anything happen:
/// every step begins with keys that dom0's own programs saw.
class Broker
{
public:
    using Tell = std::function<void(const Notice &notice)>;

    /// @param tell  says it to the person
    /// @errors Io (no memory that can be locked)
    [[nodiscard]] static Result<std::unique_ptr<Broker>> create(EventLoop &loop, BrokerSettings settings, Tell tell);

    Broker(const Broker &) = delete;
    Broker &operator=(const Broker &) = delete;
    ~Broker() = default;

    /// A qube's gui-daemon listens there, in the place of the one that did before.
    void connect(const QubeName &qube, const std::string &path);

    /// A person's text of dom0, by their own act; replaces what is held.
    /// @errors TooMuch (nothing is changed)
    [[nodiscard]] Result<void> offer(std::span<const std::byte> text);
    /// By the person: nothing is held any more.
    void clear();
    [[nodiscard]] Holding holding() const;

private:
    struct Daemon {
        std::unique_ptr<DaemonLink> link{};
        std::optional<std::uint32_t> sizeLimit{}; ///< once it has said hello
    };

    struct Copy {
        QubeName source;
        std::uint32_t sizeLimit;
        std::unique_ptr<IncomingText> text;
    };

    struct Held {
        QubeName source;
        TimePoint until;
    };

    /// From the press of the keys to the policy's word and their release.
    struct Paste {
        QubeName target;
        WindowId window;
        std::unique_ptr<SocketExchange> question;
        bool isAllowed = false;
        bool isReleased = false;
    };

    struct Giving {
        Notice notice; ///< as it will be told
        std::unique_ptr<OutgoingText> text;
    };

    Broker(EventLoop &loop, BrokerSettings settings, Tell tell, SecretText held, SecretText incoming, SecretText given);

    void onGesture(const QubeName &qube, const Gesture &gesture);
    void onDaemonEnded(const QubeName &qube);
    void on(const QubeName &qube, const Hello &gesture);
    void on(const QubeName &qube, const CopyPressed &gesture);
    void on(const QubeName &qube, const PastePressed &gesture);
    void on(const QubeName &qube, const PasteReleased &gesture);
    void on(const QubeName &qube, const PasteAbandoned &gesture);

    /// Whether the gesture is newer than all before.
    [[nodiscard]] bool admit(const QubeName &qube, std::uint32_t time);
    [[nodiscard]] Result<void> ask(const QubeName &source, WindowId window, std::uint32_t sizeLimit);
    void onAnswer(IncomingText::Outcome outcome, std::uint32_t length);
    void hold(const QubeName &source);
    void forget();
    [[nodiscard]] Result<void> askPolicy();
    void onPolicyAnswer(const Result<std::string> &answer);
    void refuse();
    void giveIfMeant();
    [[nodiscard]] Result<void> give(const QubeName &target, WindowId window);
    void onGiven(OutgoingText::Outcome outcome);
    /// About what is held.
    [[nodiscard]] Notice noticeOf(NoticeCode code) const;

    EventLoop &m_loop;
    BrokerSettings m_settings;
    Tell m_tell;
    std::map<QubeName, Daemon> m_daemons;
    GestureOrder m_order;
    SecretText m_heldText;
    SecretText m_incomingText;
    SecretText m_givenText;
    std::optional<Copy> m_copy;
    std::optional<Held> m_held;
    std::optional<Paste> m_paste;
    std::optional<Giving> m_giving;
    EventLoop::Handle m_expiry;
};

} // namespace Bulkhead::Clipboard
