// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/xml/document.h"

#include "base/formatted.h"

#include <QByteArray>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;

namespace Bulkhead::QubesXml
{

namespace
{

/// Walks the file once. Errors are kept by the reader itself: raising one ends every loop.
class DocumentReader
{
public:
    explicit DocumentReader(const QByteArray &bytes)
        : m_xml(bytes)
    {
        m_xml.setEntityExpansionLimit(0);
    }

    Result<Document> read()
    {
        if (const bool isBegun = next(); !m_xml.hasError() && (!isBegun || m_xml.name() != "qubes"_L1)) {
            m_xml.raiseError(u"it does not begin with the element qubes"_s);
        }
        while (next()) {
            section();
        }
        // What follows the root is read, too: it must be nothing.
        while (!m_xml.atEnd()) {
            token();
        }
        if (m_isTooMuch || m_xml.hasError()) {
            return fail(m_isTooMuch ? Errc::TooMuch : Errc::BadValue,
                        formatted("line {}: {}", m_xml.lineNumber(), m_xml.errorString().toStdString()));
        }
        return std::move(m_document);
    }

private:
    /// One step of the reader, held against the limits.
    QXmlStreamReader::TokenType token()
    {
        const auto type = m_xml.readNext();
        if (type == QXmlStreamReader::DTD || type == QXmlStreamReader::EntityReference) {
            m_xml.raiseError(u"it declares or uses entities of its own, which is not allowed"_s);
        } else if (type == QXmlStreamReader::StartElement) {
            ++m_elements;
            ++m_depth;
            if (m_elements > MaxElements || m_depth > MaxDepth) {
                m_isTooMuch = true;
                m_xml.raiseError(m_depth > MaxDepth ? u"its elements are nested too deeply"_s
                                                    : u"it has too many elements"_s);
            }
        } else if (type == QXmlStreamReader::EndElement) {
            --m_depth;
        }
        return type;
    }

    /// The next child of the element that was begun last; false at its end or after an error.
    bool next()
    {
        while (!m_xml.atEnd()) {
            const auto type = token();
            if (type == QXmlStreamReader::StartElement) {
                return !m_xml.hasError();
            }
            if (type == QXmlStreamReader::EndElement) {
                return false;
            }
            if (type == QXmlStreamReader::Characters && !m_xml.isWhitespace()) {
                m_xml.raiseError(u"there is text where none belongs"_s);
            }
        }
        return false;
    }

    /// The text of the element that was begun last, which has no children.
    std::string text()
    {
        QString text;
        while (!m_xml.atEnd()) {
            const auto type = token();
            if (type == QXmlStreamReader::EndElement) {
                break;
            }
            if (type == QXmlStreamReader::Characters) {
                text += m_xml.text();
            } else if (type == QXmlStreamReader::StartElement) {
                m_xml.raiseError(u"there is an element where only text belongs"_s);
            }
        }
        return text.toStdString();
    }

    void skip()
    {
        const std::size_t outside = m_depth - 1;
        while (!m_xml.atEnd() && m_depth > outside) {
            token();
        }
    }

    void remark(std::string text)
    {
        if (m_document.remarks.size() < MaxRemarks) {
            m_document.remarks.push_back({.line = m_xml.lineNumber(), .text = std::move(text)});
        }
    }

    void skipUnknown(std::string_view where)
    {
        remark(formatted(
            "the element {}{} is not known here and is left out", m_xml.name().toString().toStdString(), where));
        skip();
    }

    std::string attribute(QLatin1StringView name)
    {
        return m_xml.attributes().value(name).toString().toStdString();
    }

    /// Of an element that has nothing else.
    AttributesEntry attributes()
    {
        AttributesEntry entry{.line = m_xml.lineNumber(), .attributes = {}};
        for (const QXmlStreamAttribute &attribute : m_xml.attributes()) {
            entry.attributes.insert_or_assign(attribute.name().toString().toStdString(),
                                              attribute.value().toString().toStdString());
        }
        skip();
        return entry;
    }

    void section()
    {
        if (m_xml.name() == "labels"_L1) {
            each("label"_L1, [this] {
                label();
            });
        } else if (m_xml.name() == "properties"_L1) {
            entries("property"_L1, m_document.globals);
        } else if (m_xml.name() == "domains"_L1) {
            each("domain"_L1, [this] {
                domain();
            });
        } else if (m_xml.name() == "pools"_L1) {
            each("pool"_L1, [this] {
                m_document.pools.push_back(attributes());
            });
        } else {
            skipUnknown({});
        }
    }

    /// What the format has and this version does not take over, without a remark where it is empty.
    void skipKnown(std::string_view what)
    {
        const std::int64_t line = m_xml.lineNumber();
        bool isEmpty = true;
        while (next()) {
            isEmpty = false;
            skip();
        }
        if (!isEmpty && m_document.remarks.size() < MaxRemarks) {
            m_document.remarks.push_back({.line = line, .text = formatted("{} are not taken over", what)});
        }
    }

    template<typename Handle> void each(QLatin1StringView name, Handle handle)
    {
        while (next()) {
            if (m_xml.name() == name) {
                handle();
            } else {
                skipUnknown({});
            }
        }
    }

    void entries(QLatin1StringView name, std::vector<Entry> &into)
    {
        each(name, [this, &into] {
            Entry entry{.line = m_xml.lineNumber(), .name = attribute("name"_L1), .text = {}};
            const std::string reference = attribute("ref"_L1);
            entry.text = text();
            if (entry.text.empty() && !reference.empty()) {
                entry.text = reference;
            }
            into.push_back(std::move(entry));
        });
    }

    void label()
    {
        LabelEntry label{
            .line = m_xml.lineNumber(), .id = attribute("id"_L1), .name = {}, .color = attribute("color"_L1)};
        label.name = text();
        m_document.labels.push_back(std::move(label));
    }

    void domain()
    {
        Domain domain{.line = m_xml.lineNumber(),
                      .id = attribute("id"_L1),
                      .klass = attribute("class"_L1),
                      .properties = {},
                      .features = {},
                      .tags = {},
                      .devices = {},
                      .volumes = {}};
        while (next()) {
            if (m_xml.name() == "properties"_L1) {
                entries("property"_L1, domain.properties);
            } else if (m_xml.name() == "features"_L1) {
                entries("feature"_L1, domain.features);
            } else if (m_xml.name() == "tags"_L1) {
                entries("tag"_L1, domain.tags);
            } else if (m_xml.name() == "devices"_L1) {
                devices(domain);
            } else if (m_xml.name() == "volume-config"_L1) {
                each("volume"_L1, [this, &domain] {
                    domain.volumes.push_back(attributes());
                });
            } else {
                skipUnknown(formatted(" of {}", domain.id));
            }
        }
        m_document.domains.push_back(std::move(domain));
    }

    void devices(Domain &domain)
    {
        const std::string klass = attribute("class"_L1);
        if (klass != "block") {
            skipKnown(formatted("devices of {}", domain.id));
            return;
        }
        each("device"_L1, [this, &domain, &klass] {
            DeviceEntry device{.line = m_xml.lineNumber(),
                               .klass = klass,
                               .backend = attribute("backend-domain"_L1),
                               .port = attribute("id"_L1),
                               .identity = attribute("identity"_L1),
                               .mode = attribute("mode"_L1),
                               .required = attribute("required"_L1),
                               .options = {}};
            entries("option"_L1, device.options);
            domain.devices.push_back(std::move(device));
        });
    }

    QXmlStreamReader m_xml;
    Document m_document;
    std::size_t m_elements = 0;
    std::size_t m_depth = 0;
    bool m_isTooMuch = false;
};

} // namespace

Result<Document> parseDocument(std::string_view bytes)
{
    if (bytes.size() > MaxFileBytes) {
        return fail(Errc::TooMuch, "it is larger than any such file can be");
    }
    const auto data = QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size()));
    return DocumentReader(data).read();
}

} // namespace Bulkhead::QubesXml
