// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/windowfacts.h"

#include "gui-agent/normalhints.h"
#include "gui-agent/windowtext.h"
#include "gui-agent/x11/properties.h"
#include "gui-agent/x11/windowstate.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

using Fact = WindowFacts::Fact;

constexpr std::array AllFacts{Fact::Title,
                              Fact::ProgramClass,
                              Fact::SizeHints,
                              Fact::InputHint,
                              Fact::Protocols,
                              Fact::TransientFor,
                              Fact::State};
static_assert(AllFacts.size() == WindowFacts::FactCount);

/// Longest part of a property that is read, in words: titles are cut to 127 bytes, lists of atoms hold a handful.
constexpr std::uint32_t LongestProperty = 256;

constexpr std::uint32_t InputHintFlag = 1U << 0; // ICCCM 4.1.2.4

} // namespace

WindowFacts::WindowFacts(Connection &x, WindowTable &windows)
    : m_x(x)
    , m_windows(windows)
{
}

void WindowFacts::markAll(WindowId window)
{
    m_marked[window].set();
}

void WindowFacts::markChanged(WindowId window, xcb_atom_t property)
{
    if (const auto fact = factOf(property)) {
        m_marked[window].set(std::to_underlying(*fact));
    }
}

void WindowFacts::refresh()
{
    for (const Question &question : ask()) {
        // The answer is taken in any case: a window that was destroyed answers with an error.
        answer(*m_windows.find(question.window), question);
    }
}

std::optional<WindowFacts::Fact> WindowFacts::factOf(xcb_atom_t property) const
{
    if (property == XCB_ATOM_WM_NAME) {
        return Fact::Title;
    }
    const auto *const found = std::ranges::find(AllFacts, property, [this](Fact fact) {
        return propertyOf(fact);
    });
    return found == AllFacts.end() ? std::nullopt : std::optional(*found);
}

xcb_atom_t WindowFacts::propertyOf(Fact fact) const
{
    switch (fact) {
    case Fact::Title:
        return m_x.atoms().netWmName;
    case Fact::ProgramClass:
        return XCB_ATOM_WM_CLASS;
    case Fact::SizeHints:
        return XCB_ATOM_WM_NORMAL_HINTS;
    case Fact::InputHint:
        return XCB_ATOM_WM_HINTS;
    case Fact::Protocols:
        return m_x.atoms().wmProtocols;
    case Fact::TransientFor:
        return XCB_ATOM_WM_TRANSIENT_FOR;
    case Fact::State:
        return m_x.atoms().netWmState;
    }
    std::unreachable();
}

std::vector<WindowFacts::Question> WindowFacts::ask()
{
    std::vector<Question> questions;
    for (const auto &[id, facts] : std::exchange(m_marked, {})) {
        GuestWindow *window = m_windows.find(id);
        if (window == nullptr) {
            continue;
        }
        m_windows.touch(*window);
        for (const Fact fact : AllFacts) {
            if (!facts.test(std::to_underlying(fact))) {
                continue;
            }
            Question question{.window = id, .fact = fact, .cookie = {}, .fallback = {}};
            question.cookie = askProperty(m_x.xcb(), id.value(), propertyOf(fact), LongestProperty);
            if (fact == Fact::Title) {
                question.fallback = askProperty(m_x.xcb(), id.value(), XCB_ATOM_WM_NAME, LongestProperty);
            }
            questions.push_back(question);
        }
    }
    return questions;
}

void WindowFacts::answer(GuestWindow &window, const Question &question) const
{
    if (question.fact == Fact::Title) {
        readTitle(window, question);
        return;
    }
    const PropertyReply reply(xcb_get_property_reply(m_x.xcb(), question.cookie, nullptr));
    switch (question.fact) {
    case Fact::Title:
        break;
    case Fact::ProgramClass:
        window.programClass = classForWire(bytesOf(reply));
        break;
    case Fact::SizeHints:
        window.hints = normalHints(wordsOf(reply));
        break;
    case Fact::InputHint: {
        const auto words = wordsOf(reply);
        window.manners.takesInput = words.size() < 2 || (words[0] & InputHintFlag) == 0 || words[1] != 0;
        break;
    }
    case Fact::Protocols: {
        const auto protocols = wordsOf(reply);
        window.manners.takesFocus = std::ranges::contains(protocols, m_x.atoms().wmTakeFocus);
        window.manners.deletesWindow = std::ranges::contains(protocols, m_x.atoms().wmDeleteWindow);
        break;
    }
    case Fact::TransientFor: {
        const auto words = wordsOf(reply);
        window.transientFor = words.empty() ? std::nullopt : std::optional(WindowId{words.front()});
        break;
    }
    case Fact::State:
        window.state = statesOf(wordsOf(reply), m_x.atoms());
        break;
    }
}

/// _NET_WM_NAME if it is what it should be, else the older name, which is Latin-1 unless its type says otherwise. A
/// title that was taken away is kept: the daemon can not be told of none.
void WindowFacts::readTitle(GuestWindow &window, const Question &question) const
{
    const PropertyReply name(xcb_get_property_reply(m_x.xcb(), question.cookie, nullptr));
    const PropertyReply olderName(xcb_get_property_reply(m_x.xcb(), question.fallback, nullptr));
    if (name && name->type == m_x.atoms().utf8String) {
        window.title = titleForWire(bytesOf(name));
    } else if (olderName && olderName->type == m_x.atoms().utf8String) {
        window.title = titleForWire(bytesOf(olderName));
    } else if (olderName && olderName->type != XCB_ATOM_NONE) {
        window.title = titleForWire(utf8FromLatin1(bytesOf(olderName)));
    }
}

} // namespace Bulkhead::GuiAgent
