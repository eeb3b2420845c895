// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/model/qid.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// `qubes.xml`, the field's file of everything that is known of qubes. @source spec qube-model, 17
namespace Bulkhead::QubesXml
{

/// More than 9 999 qubes with all their values need. A file beyond any of these was not written by a core.
inline constexpr std::size_t MaxFileBytes = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t MaxElements = 600'000;
inline constexpr std::size_t MaxDepth = 16; ///< the format itself needs 6
inline constexpr std::size_t MaxRemarks = 1000;

/// Something that was understood and is not taken over, for the person who imports.
struct Remark {
    std::int64_t line = 0;
    std::string text;

    friend bool operator==(const Remark &, const Remark &) = default;
};

/// A name with a text, as the file says them: nothing about it is checked but its bytes.
struct Entry {
    std::int64_t line = 0;
    std::string name;
    std::string text;
};

struct LabelEntry {
    std::int64_t line = 0;
    std::string id; ///< `label-N`
    std::string name;
    std::string color;
};

/// An assigned device. What is not said is empty.
struct DeviceEntry {
    std::int64_t line = 0;
    std::string klass;
    std::string backend; ///< a name
    std::string port;
    std::string identity;
    std::string mode;
    std::string required; ///< a boolean, in files of an older core
    std::vector<Entry> options;
};

/// A pool, or a volume of a qube: what its attributes say.
struct AttributesEntry {
    std::int64_t line = 0;
    TextMap attributes;

    /// Empty if it is not said.
    [[nodiscard]] std::string of(std::string_view name) const
    {
        const auto place = attributes.find(name);
        return place == attributes.end() ? std::string() : place->second;
    }
};

struct Domain {
    std::int64_t line = 0;
    std::string id; ///< `domain-N`
    std::string klass;
    std::vector<Entry> properties;
    std::vector<Entry> features;
    std::vector<Entry> tags; ///< without text
    std::vector<DeviceEntry> devices;
    std::vector<AttributesEntry> volumes;
};

struct Document {
    std::vector<LabelEntry> labels;
    std::vector<AttributesEntry> pools;
    std::vector<Entry> globals;
    std::vector<Domain> domains;
    std::vector<Remark> remarks; ///< elements that this version knows nothing of
};

/// Reads the file's shape. No entity is replaced but the five of XML, and a document type is refused.
/// @errors BadValue (no XML, not this format, a document type; with the line), TooMuch (a limit above; with the line)
[[nodiscard]] Result<Document> parseDocument(std::string_view bytes);

} // namespace Bulkhead::QubesXml
