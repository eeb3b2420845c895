// SPDX-License-Identifier: GPL-2.0-or-later
// Input: what a caller of the Admin API gives as an argument or a payload; every parser gets it. Promise: words that
// are accepted have their alphabets and bounds, numbers fit and are spelled in one way, and what was taken apart can be
// put together again.
#include "base/ascii.h"
#include "vchan-io/wire/calls/devicewords.h"
#include "vchan-io/wire/calls/keyedvalues.h"
#include "vchan-io/wire/calls/newqubefields.h"
#include "vchan-io/wire/calls/qubetexts.h"
#include "vchan-io/wire/calls/volumepayload.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

using namespace Bulkhead;

namespace
{

bool isWord(std::string_view text, std::string_view more)
{
    return std::ranges::all_of(text, [more](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || more.contains(c);
    });
}

void checkDeviceArgument(std::string_view text)
{
    const auto argument = DeviceWords::parseArgument(text);
    if (!argument) {
        return;
    }
    BH_ASSERT(text.starts_with(argument->backend.text() + '+'));
    BH_ASSERT(argument->port == "*" || (isWord(argument->port, "._-") && !argument->port.empty()));
    BH_ASSERT(isWord(argument->identity, "._:?*-") && !argument->identity.empty());
    BH_ASSERT(argument->port != "*" || argument->identity != "*");
    BH_ASSERT(argument->port.size() <= DeviceWords::MaxWord && argument->identity.size() <= DeviceWords::MaxWord);
}

void checkPairs(std::string_view text)
{
    const auto pairs = DeviceWords::parsePairs(text);
    if (!pairs) {
        return;
    }
    std::set<std::string> keys;
    for (const auto &[key, value] : *pairs) {
        BH_ASSERT(!key.empty() && std::ranges::all_of(key, [](char c) {
            return Ascii::isPrintable(c) && c != ' ' && c != '=' && c != '\'' && c != '"';
        }));
        BH_ASSERT(std::ranges::all_of(value, Ascii::isPrintable) && keys.insert(key).second);
    }
}

void checkKeyed(std::string_view text)
{
    for (const KeyedForm form : {KeyedForm::Words, KeyedForm::Lines}) {
        const auto values = parseKeyedValues(text, form);
        if (!values) {
            continue;
        }
        const char separator = form == KeyedForm::Words ? ' ' : '\n';
        std::string again;
        for (const auto &[key, value] : *values) {
            BH_ASSERT(!key.contains('=') && !key.contains(separator) && !value.contains(separator));
            again += key + '=' + value + separator;
        }
        again.resize(again.size() - (form == KeyedForm::Words && !again.empty() ? 1 : 0));
        BH_ASSERT(parseKeyedValues(again, form) == *values);
    }
}

void checkNewQube(std::string_view text)
{
    for (const PoolFields pools : {PoolFields::No, PoolFields::Yes}) {
        const auto fields = parseNewQubeFields(text, pools);
        if (!fields) {
            continue;
        }
        BH_ASSERT(!fields->label.empty() && !std::ranges::all_of(fields->label, Ascii::isDigit));
        BH_ASSERT(pools == PoolFields::Yes || (!fields->pool && fields->pools.empty()));
        BH_ASSERT(!fields->pool || fields->pools.empty());
    }
}

void checkVolumes(std::string_view text)
{
    if (const auto number = parseDecimal(text)) {
        BH_ASSERT(std::to_string(*number) == text);
    }
    if (const auto revision = RevisionName::parse(text)) {
        BH_ASSERT(revision->text() == text && isWord(text, ":._-"));
    }
    if (const auto size = parseImportSize(text)) {
        BH_ASSERT(size->has_value() != text.empty());
        BH_ASSERT(text.empty() || text.starts_with(std::to_string(**size)));
    }
    if (const auto end = parseImportEnd(text)) {
        BH_ASSERT(end->isWhole ? text == "ok" : text == "fail\n" + end->words);
    }
}

void checkFacts(std::string_view text)
{
    BH_ASSERT(!QubeTexts::isFeatureName(text) || isWord(text, "_.-"));
    BH_ASSERT(!QubeTexts::isTag(text) || (isWord(text, "_-") && text.size() <= QubeTexts::MaxTag));
    if (const auto label =
            QubeTexts::parseNewLabel(text.substr(0, text.find('\n')), text.substr(text.find('\n') + 1))) {
        BH_ASSERT(isWord(label->name, "._-") && label->name.size() <= QubeTexts::MaxLabelName);
        BH_ASSERT(!std::ranges::all_of(label->name, Ascii::isDigit));
        BH_ASSERT(QubeTexts::parseNewLabel(label->name, label->color.text())->color == label->color);
    }
    if (const auto codes = QubeTexts::parseInterfaceCodes(text)) {
        BH_ASSERT(codes->size() * QubeTexts::InterfaceCodeSize == text.size());
    }
    if (const auto options = QubeTexts::parseShutdownOptions(text)) {
        BH_ASSERT(text.empty() == (!options->force && !options->wait));
    }
}

/// A character that is neither half of a pair nor beyond the last one; none has two spellings, so bytes and characters
/// tell the same.
void checkNotes(std::string_view text)
{
    const auto notes = QubeTexts::parseNotes(text);
    if (!notes) {
        return;
    }
    std::size_t bytes = 0;
    for (const char32_t character : *notes) {
        BH_ASSERT(character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF));
        bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }
    BH_ASSERT(bytes == text.size() && bytes <= QubeTexts::MaxNotes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(data, data + size);
    checkDeviceArgument(input);
    checkPairs(input);
    checkKeyed(input);
    checkNewQube(input);
    checkVolumes(input);
    checkFacts(input);
    checkNotes(input);
    return 0;
}
