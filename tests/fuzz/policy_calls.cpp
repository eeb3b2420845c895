// SPDX-License-Identifier: GPL-2.0-or-later
// Input: a whole call about policy files, head and payload. Promise: what is accepted names a file inside its folder,
// never one that keeps a policy from being read, and registers one word for two qubes; what is refused says why; an
// answer comes back as it was sent.
#include "base/ascii.h"
#include "vchan-io/wire/calls/policyrequest.h"
#include "vchan-io/wire/calls/servicehead.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

using namespace Bulkhead;
using namespace Bulkhead::PolicyAdmin;

namespace
{

bool isWord(std::string_view text, std::string_view more)
{
    return !text.empty() && std::ranges::all_of(text, [more](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || more.contains(c);
    });
}

struct Check {
    std::string_view input;

    void operator()(const List & /*call*/) const
    {
    }

    void operator()(const Get &call) const
    {
        checkFile(call.file);
    }

    void operator()(const Replace &call) const
    {
        checkFile(call.file);
        BH_ASSERT(input.ends_with(call.content) && call.content.size() <= MaxContent + 128);
        BH_ASSERT(call.file.folder() == Folder::Include || std::ranges::none_of(call.file.path(), [](char c) {
                      return c >= 'A' && c <= 'Z';
                  }));
    }

    void operator()(const Remove &call) const
    {
        checkFile(call.file);
        if (const auto *const digest = std::get_if<Digest>(&call.token)) {
            BH_ASSERT(input.ends_with(tokenText(*digest)));
        }
    }

    void operator()(const GetFiles &call) const
    {
        BH_ASSERT(isWord(call.service, "_-."));
    }

    void operator()(const RegisterArgument &call) const
    {
        BH_ASSERT(isWord(call.service, "_-.") && isWord(call.value, "_-."));
        BH_ASSERT(call.value.size() <= MaxRegisteredValue);
    }

    static void checkFile(const PolicyFile &file)
    {
        const std::string path = file.path();
        const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
        BH_ASSERT(isWord(file.name(), "_-") && name.size() <= 255 && !name.starts_with('.'));
        BH_ASSERT(path.contains('/') == path.starts_with("include/"));
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(data, data + size);
    const auto request = parseRequest(input);
    if (request) {
        std::visit(Check{input}, *request);
    } else {
        BH_ASSERT(!request.error().message.empty());
    }
    if (const auto reply = parseReply(input)) {
        BH_ASSERT(buildReply(*reply) == input);
    }
    if (const auto head = parseServiceHead(input); head && input.size() + 1 < MaxServiceHead) {
        const std::string again = buildServiceHead(*head);
        BH_ASSERT(parseServiceHead(std::string_view(again).substr(0, again.size() - 1)) == *head);
    }
    return 0;
}
