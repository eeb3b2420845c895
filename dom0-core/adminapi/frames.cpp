// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/frames.h"

namespace Bulkhead::AdminApi
{

namespace
{

/// One NUL-terminated field. A NUL inside would end it early and shift the ones behind it.
void addField(std::string &frame, std::string_view text)
{
    for (const char c : text) {
        frame += c == '\0' ? '_' : c;
    }
    frame += '\0';
}

} // namespace

std::string successFrame(std::string content)
{
    using namespace std::string_view_literals;
    content.insert(0, "0\0"sv); // in its place: a second copy of a long answer costs more than moving it
    return content;
}

std::string exceptionFrame(std::string_view type, std::string_view trace, std::string_view message)
{
    std::string doubled; // clients take the message for a format string
    for (const char c : message) {
        doubled += c;
        if (c == '%') {
            doubled += '%';
        }
    }
    std::string frame;
    addField(frame, "2");
    addField(frame, type);
    addField(frame, trace);
    addField(frame, doubled);
    return frame;
}

std::string refusalFrame(const Refusal &refusal, std::string_view trace)
{
    const auto type = exceptionName(refusal.kind);
    return type.empty() ? std::string() : exceptionFrame(type, trace, refusal.message);
}

std::string eventFrame(const Event &event)
{
    std::string frame;
    addField(frame, "1");
    addField(frame, event.subject ? event.subject->text() : std::string());
    addField(frame, event.name);
    for (const auto &[key, value] : event.pairs) {
        addField(frame, key);
        addField(frame, value);
    }
    addField(frame, {});
    return frame;
}

} // namespace Bulkhead::AdminApi
