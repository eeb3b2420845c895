// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/policyfile.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::PolicyAdmin
{

Result<PolicyFile> PolicyFile::parse(Folder folder, std::string_view name)
{
    const bool isPlain = std::ranges::all_of(name, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '_' || c == '-';
    });
    if (name.empty() || !isPlain) {
        return fail(Errc::BadField,
                    "a policy file's name is made of letters, digits, _ and - only, without its suffix");
    }
    if (name.size() > MaxFileName) {
        return fail(Errc::BadField, formatted("a policy file's name has at most {} letters", MaxFileName));
    }
    return PolicyFile(folder, std::string(name));
}

PolicyFile::PolicyFile(Folder folder, std::string name) noexcept
    : m_folder(folder)
    , m_name(std::move(name))
{
}

std::string PolicyFile::path() const
{
    return m_folder == Folder::Policy ? m_name + std::string(PolicySuffix) : "include/" + m_name;
}

bool PolicyFile::mayBeWritten() const noexcept
{
    return m_folder == Folder::Include || std::ranges::none_of(m_name, [](char c) {
               return c >= 'A' && c <= 'Z';
           });
}

} // namespace Bulkhead::PolicyAdmin
