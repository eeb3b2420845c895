// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/formatted.h"
#include "base/qubename.h"
#include "clipboard/drag/broker/policyquestion.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/unixlistener.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// The policy's daemon, which says of files from one qube to others what the test lists.
class PolicyPeer
{
public:
    explicit PolicyPeer(EventLoop &loop)
        : m_loop(loop)
        , m_path(m_directory.filePath(QStringLiteral("policy")).toStdString())
        , m_listener(UnixListener::create(loop, m_path, {}, 0600, [this](UniqueFd socket, uid_t /*peer*/) {
                         onQuestion(std::move(socket));
                     }).value())
    {
    }

    PolicyPeer(const PolicyPeer &) = delete;
    PolicyPeer &operator=(const PolicyPeer &) = delete;

    [[nodiscard]] const std::string &path() const noexcept
    {
        return m_path;
    }

    std::map<QubeName, Drag::Verdict> verdicts; ///< by target; what is not there is denied
    std::vector<std::string> questions;         ///< as they came

private:
    struct Asking {
        UniqueFd socket;
        std::string text = {};
        EventLoop::Handle watch = {};
    };

    void onQuestion(UniqueFd socket)
    {
        auto asking = std::make_unique<Asking>(Asking{.socket = std::move(socket)});
        asking->watch = m_loop
                            .watch(asking->socket.get(),
                                   Readiness::Read,
                                   [this, &asked = *asking] {
                                       readMore(asked);
                                   })
                            .value();
        m_asking.push_back(std::move(asking));
    }

    /// A question is whole once its writer has shut its end; it may take a turn.
    void readMore(Asking &asking)
    {
        std::array<char, 512> buffer{};
        const ssize_t size = ::recv(asking.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size > 0) {
            asking.text.append(buffer.data(), static_cast<std::size_t>(size));
        }
        if (size != 0) {
            return;
        }
        asking.watch.reset();
        QVERIFY(asking.text.contains("service_and_arg=qubes.Filecopy\n"));
        QVERIFY(asking.text.contains("just_evaluate=yes\nexplain=yes\n"));
        const std::string answer = answerTo(asking.text);
        questions.push_back(std::move(asking.text));
        QVERIFY(::send(asking.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL) > 0);
        asking.socket.reset();
    }

    [[nodiscard]] std::string answerTo(const std::string &question) const
    {
        for (const auto &[target, verdict] : verdicts) {
            if (question.contains(formatted("intended_target={}\n", target.text()))) {
                return formatted("result={}\noutcome={}\nrule=30-user.policy:7\nrule_text=a \"rule\"",
                                 verdict == Drag::Verdict::Allow ? "allow" : "deny",
                                 Drag::nameOf(verdict));
            }
        }
        return "result=deny\noutcome=deny";
    }

    EventLoop &m_loop;
    QTemporaryDir m_directory;
    std::string m_path;
    std::vector<std::unique_ptr<Asking>> m_asking;
    UnixListener m_listener;
};

} // namespace Bulkhead::Test
