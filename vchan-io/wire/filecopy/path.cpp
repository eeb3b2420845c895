// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/filecopy/path.h"

#include "vchan-io/wire/filecopy/shownletters.h"

namespace Bulkhead::FileCopy
{

namespace
{

bool hasLetters(std::string_view text, Letters letters)
{
    return !text.contains('\0') && (letters == Letters::All || hasOnlyShownLetters(text));
}

/// Takes the first part off a path, and the slash behind it.
std::string_view takePart(std::string_view &text) noexcept
{
    const std::size_t slash = text.find('/');
    const std::string_view part = text.substr(0, slash);
    text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
    return part;
}

} // namespace

Verdict<Path> Path::parse(std::string_view text, Letters letters)
{
    if (text.empty() || text.ends_with('/') || !hasLetters(text, letters)) {
        return std::unexpected(Code::BadName);
    }
    std::size_t depth = 0;
    bool isTooLong = text.size() > MaxPath;
    for (std::string_view left = text; !left.empty(); ++depth) {
        const std::string_view part = takePart(left);
        if (part.empty() || part == "." || part == "..") {
            return std::unexpected(Code::BadName);
        }
        isTooLong = isTooLong || part.size() > MaxPart;
    }
    if (isTooLong || depth > MaxDepth) {
        return std::unexpected(Code::TooLong);
    }
    return Path(std::string(text), depth);
}

std::string_view Path::last() const noexcept
{
    const std::string_view text = m_text;
    return text.substr(m_depth == 1 ? 0 : text.rfind('/') + 1);
}

std::string_view Path::parent() const noexcept
{
    const std::string_view text = m_text;
    return text.substr(0, m_depth == 1 ? 0 : text.rfind('/'));
}

std::string_view Path::top() const noexcept
{
    const std::string_view text = m_text;
    return text.substr(0, text.find('/'));
}

Code judgeLink(const Path &path, std::string_view target, Letters letters)
{
    if (path.depth() < 2 || target.starts_with('/')) {
        return Code::UnsafeLink;
    }
    if (target.empty()) {
        return Code::NotFound;
    }
    if (!hasLetters(target, letters)) {
        return Code::BadName;
    }
    // From the directory of the link so many steps up stay within the topmost one.
    std::size_t stepsUp = path.depth() - 2;
    bool isAtBeginning = true;
    for (std::string_view left = target; !left.empty();) {
        const std::string_view part = takePart(left);
        if (part == "..") {
            if (!isAtBeginning || stepsUp == 0) {
                return Code::UnsafeLink;
            }
            --stepsUp;
        } else if (!part.empty() && part != ".") {
            isAtBeginning = false;
        }
    }
    return Code::Done;
}

} // namespace Bulkhead::FileCopy
