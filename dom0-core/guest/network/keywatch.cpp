// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/keywatch.h"

#include "vchan-io/transport/localchannel.h"

#include <utility>

namespace Bulkhead::GuestNetwork
{

using QubesDb::MessageType;

namespace
{

/// Paths that this program asks for are its own words, or come from QubesDB itself.
QubesDb::Path pathOf(const std::string &text)
{
    auto path = QubesDb::Path::parse(text);
    BH_ASSERT(path.has_value());
    return *std::move(path);
}

} // namespace

Result<std::unique_ptr<KeyWatch>> KeyWatch::connect(EventLoop &loop, const std::string &socket, Handlers handlers)
{
    BH_TRY(auto channel, LocalChannel::connect(socket));
    auto watch = std::unique_ptr<KeyWatch>(new KeyWatch(loop, std::move(channel), std::move(handlers)));
    BH_CHECK(watch->m_link.start());
    watch->m_questions.push_back({.answer = MessageType::Ok, .asked = "/"});
    watch->m_link.send(QubesDb::build(QubesDb::Watch{.path = pathOf("/")}));
    return watch;
}

KeyWatch::KeyWatch(EventLoop &loop, std::unique_ptr<Channel> channel, Handlers handlers)
    : m_handlers(std::move(handlers))
    , m_link(loop,
             std::move(channel),
             {.headerSize = QubesDb::HeaderSize, .bodyLength = &QubesDb::answerData},
             {.onMessage =
                  [this](StreamMessage message) {
                      return onMessage(message);
                  },
              .onEnd =
                  [this](Error error) {
                      m_handlers.onEnd(std::move(error));
                  }})
{
}

void KeyWatch::read(const std::string &key)
{
    m_questions.push_back({.answer = MessageType::ReadAnswer, .asked = key});
    m_link.send(QubesDb::build(QubesDb::Read{.path = pathOf(key)}));
}

void KeyWatch::readAll(const std::string &prefix)
{
    m_questions.push_back({.answer = MessageType::MultiReadAnswer, .asked = prefix});
    m_link.send(QubesDb::build(QubesDb::MultiRead{.prefix = pathOf(prefix)}));
}

void KeyWatch::write(const std::string &key, const std::string &value)
{
    auto checkedKey = QubesDb::Key::parse(key);
    auto checkedValue = QubesDb::Value::parse(value);
    BH_ASSERT(checkedKey && checkedValue);
    m_questions.push_back({.answer = MessageType::Ok, .asked = key});
    m_link.send(QubesDb::build(QubesDb::Write{.key = *std::move(checkedKey), .value = *std::move(checkedValue)}));
}

void KeyWatch::remove(const std::string &path)
{
    m_questions.push_back({.answer = MessageType::Ok, .asked = path});
    m_link.send(QubesDb::build(QubesDb::Remove{.path = pathOf(path)}));
}

Result<void> KeyWatch::onMessage(StreamMessage message)
{
    BH_TRY(const auto answer, QubesDb::parseAnswer(message.header, message.body));
    if (answer.type == MessageType::WatchAnswer) {
        m_handlers.onChanged(answer.path.text());
        return {};
    }
    return onAnswer(answer);
}

Result<void> KeyWatch::onAnswer(const QubesDb::Answer &answer)
{
    if (m_questions.empty()) {
        return fail(Errc::WrongState, "QubesDB answers what nobody asked");
    }
    const bool isPart = answer.type == MessageType::MultiReadAnswer && !answer.path.text().empty();
    const bool isMissing = answer.type == MessageType::NoEntry;
    // A note of ours that found no room any more; nothing depends on it.
    const bool isRefused = answer.type == MessageType::Failed && m_questions.front().answer == MessageType::Ok;
    if (answer.type != m_questions.front().answer && !isMissing && !isRefused) {
        return fail(Errc::WrongState, "QubesDB does not answer what was asked");
    }
    if (isPart) {
        m_found.insert_or_assign(answer.path.text(), answer.value.text());
        return {};
    }
    const Question question = std::move(m_questions.front());
    m_questions.pop_front();
    Keys found = std::exchange(m_found, {});
    if (answer.type == MessageType::ReadAnswer) {
        found.emplace(question.asked, answer.value.text());
    }
    if (question.answer != MessageType::Ok) {
        m_handlers.onRead(question.asked, std::move(found));
    }
    return {};
}

} // namespace Bulkhead::GuestNetwork
