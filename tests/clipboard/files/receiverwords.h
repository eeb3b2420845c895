// SPDX-License-Identifier: GPL-2.0-or-later
// Words in which tests of the receiver speak: entries that are sent, answers, and what lies there then.
#pragma once

#include "tests/clipboard/files/filerig.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace Bulkhead::Test
{

inline constexpr std::uint32_t CutShort = 31415926;

inline struct stat factsOf(const QString &path)
{
    struct stat facts{};
    (void)::lstat(path.toLocal8Bit().constData(), &facts);
    return facts;
}

inline mode_t modeOf(const QString &path)
{
    return factsOf(path).st_mode & 07777U;
}

inline QByteArray linkTarget(const QString &path)
{
    QByteArray target(1000, '\0');
    const ssize_t size = ::readlink(path.toLocal8Bit().constData(), target.data(), 1000);
    return target.left(std::max<qsizetype>(size, 0));
}

inline RawEntry file(const QByteArray &name, const QByteArray &content = "abc", std::uint32_t mode = PlainFile)
{
    return {.mode = mode, .name = name, .content = content};
}

inline RawEntry directory(const QByteArray &name, std::uint32_t mode = Directory)
{
    return {.mode = mode, .name = name};
}

inline RawEntry linkTo(const QByteArray &name, const QByteArray &target)
{
    return {.mode = Link, .name = name, .content = target};
}

/// Shows in a failed comparison what was answered.
inline QByteArray told(const Answer &answer)
{
    return QByteArray::number(answer.code) + ' ' + (answer.name ? *answer.name : QByteArray("(no name)")) + ' '
        + QByteArray::number(answer.status);
}

inline QByteArray done(const QByteArray &name)
{
    return "0 " + name + " 0";
}

inline QByteArray refusal(std::uint32_t code, const QByteArray &name)
{
    return QByteArray::number(code) + ' ' + name + ' ' + QByteArray::number(code & 0xFFU);
}

/// A whole stream whose last byte is not there yet: everything but the end is with the receiver.
inline QByteArray allButTheLast(const QByteArray &stream)
{
    return stream.left(stream.size() - 1);
}

} // namespace Bulkhead::Test
