// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace Bulkhead::Test
{

/// A daemon that says what a test lists and writes down what it is asked. It has both sockets and a thread of its own,
/// because a command waits for its answers.
///
/// A request is written `method+argument qube`, and with a payload `method+argument qube <payload>`.
class ScriptedAdmin
{
public:
    /// @param directory  an existing one, for the sockets
    explicit ScriptedAdmin(const std::filesystem::path &directory);
    ScriptedAdmin(const ScriptedAdmin &) = delete;
    ScriptedAdmin &operator=(const ScriptedAdmin &) = delete;
    ScriptedAdmin(ScriptedAdmin &&) = delete;
    ScriptedAdmin &operator=(ScriptedAdmin &&) = delete;
    ~ScriptedAdmin();

    /// Success with that content. What was not listed gets no answer.
    void answer(const std::string &request, const std::string &content = {});
    void refuse(const std::string &request, const std::string &type, const std::string &message);
    /// A frame on every stream of events, right after the answer to that request.
    void tellAfter(const std::string &request, const std::string &subject, const std::string &event);

    /// In the order in which they came.
    [[nodiscard]] std::vector<std::string> requests();
    void forgetRequests();

private:
    void serve();
    void serveOne(int listener);
    void reply(const UniqueFd &connection, const std::string &request);

    std::vector<UniqueFd> m_listeners;
    UniqueFd m_stop;
    UniqueFd m_stopRead;
    std::mutex m_mutex; ///< of what follows
    std::map<std::string, std::string> m_answers;
    std::multimap<std::string, std::string> m_events;
    std::vector<std::string> m_requests;
    std::vector<UniqueFd> m_streams;
    std::thread m_thread;
};

} // namespace Bulkhead::Test
